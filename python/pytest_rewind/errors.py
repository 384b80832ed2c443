class RewindError(Exception):
    """Something is wrong with how the test uses Rewind, or with its cassette."""


class RewindMiss(RewindError):
    """The test asked the model something that its cassette does not hold. `__cause__`: an error of the
    test's own that came of it."""


class RewindDivergence(AssertionError):
    """The run went another way than the recorded one."""
