from datetime import timedelta


def plan_hours(intervals, start, hours):
    """Return the moment at which ``hours`` of work after ``start`` are used up.

    :param intervals: sorted, disjoint ``(begin, end)`` pairs of working time
    :param start: moment from which the clock runs
    :param hours: working hours, at least 0
    :return: the moment, or None when the intervals do not reach that far
    """
    left = timedelta(hours=hours)
    for begin, end in intervals:
        begin = max(begin, start)
        if begin >= end:
            continue
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None
