"""Tables and lists of Markdown."""

import textwrap


def table(header, rows):
    """The first column to the left, all others to the right, all padded."""
    widths = [max(2, *map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in [padded(header, widths), rule, *(padded(row, widths) for row in rows)]
    )


def padded(row, widths):
    first, *others = zip(row, widths, strict=True)
    return [first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in others]


def bullets(notes):
    return "\n".join(
        textwrap.fill(f"- {note}", 100, subsequent_indent="  ", break_on_hyphens=False)
        for note in notes
    )


def paragraph(text):
    return textwrap.fill(" ".join(text.split()), 100, break_on_hyphens=False)


def counted(number, singular, plural=None):
    """As in: 1 core, 2 cores."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def versions(lines):
    """The versions of everything that took part in these measurements."""
    merged = {}
    for line in lines:
        merged.update(line.get("versions") or {})
    return ", ".join(f"{name} {version}" for name, version in sorted(merged.items()))
