"""Which cells are measured: `optimizer=adam,width=64|256` keeps the cells that match every part."""


class UnknownFactor(Exception):
    """A filter that no cell could match; the message names what there is."""


def selected(cells, texts):
    """The cells that match at least one of the filters; all without any."""
    filters = [parsed(text, cells) for text in texts]
    return [
        cell
        for cell in cells
        if not filters or any(matches(cell, wanted) for wanted in filters)
    ]


def parsed(text, cells):
    """The values that are wanted of each factor, all checked: a typing error selects nothing."""
    wanted = {}
    for part in text.split(","):
        factor, _, values = (piece.strip() for piece in part.partition("="))
        known = {cell.factors[factor] for cell in cells if factor in cell.factors}
        if not known:
            factors = ", ".join(cells[0].factors)
            raise UnknownFactor(f"unknown factor `{factor}`; expected one of {factors}")
        wanted[factor] = {value.strip() for value in values.split("|")}
        if unknown := sorted(wanted[factor] - known):
            raise UnknownFactor(
                f"no cell has {factor}={unknown[0]}; expected one of {', '.join(sorted(known))}"
            )
    return wanted


def matches(cell, wanted):
    return all(cell.factors[factor] in values for factor, values in wanted.items())
