"""The two ranges that pixel values may have in the labs."""

ValueRange = tuple[float, float]

VALUE_RANGES: tuple[ValueRange, ...] = ((0.0, 1.0), (-1.0, 1.0))


def check_value_range(value_range: ValueRange, caller: str) -> None:
    """Refuse every range but the two of the labs.

    Errors: ValueError names the caller, what was given and what is allowed.
    """
    if value_range not in VALUE_RANGES:
        raise ValueError(
            f"{caller}: value_range is {value_range!r}; allowed are (0.0, 1.0), for a generator that ends in "
            "Sigmoid, and (-1.0, 1.0), for one that ends in Tanh."
        )
