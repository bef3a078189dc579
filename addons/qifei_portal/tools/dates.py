"""Days in the order that the reader's language writes them."""

from odoo.tools.misc import babel_locale_parse, get_lang


def get_day_pattern(env, skeleton="MMMd"):
    """Return the pattern of a day without its year, such as ``d MMM``."""
    locale = babel_locale_parse(get_lang(env).code)
    return locale.datetime_skeletons[skeleton].pattern
