"""What can go wrong, as sentences for people."""


class EngineError(Exception):
    """Something the engine can name."""


class ProblemError(EngineError):
    """The problem is wrong: one sentence that names the record and the remedy."""


class SolverError(EngineError):
    """A solver could not be used; another way of solving takes over."""
