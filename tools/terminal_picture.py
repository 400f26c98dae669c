"""tools/terminal_picture.py PICTURE.svg COMMAND...: runs each command in a terminal of its own, in a POSIX shell, and draws
what stands there at the end, colours too. docs/terminal.svg is made so; the packages pyte and wcwidth are needed."""

import fcntl
import html
import os
import pty
import struct
import subprocess
import sys
import termios

import pyte

COLUMNS, ROWS = 105, 200
# Pixels a character, a line, and around all.
WIDTH, HEIGHT, MARGIN, BAR = 8.43, 19, 18, 34
COLOURS = {"black": "#3b4252", "red": "#e06c75", "green": "#98c379", "brown": "#e5c07b", "blue": "#61afef",
           "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#dcdfe4", "default": "#dcdfe4"}


def run(screen: pyte.Screen, command: str) -> None:
    """Shows the command behind a prompt, and what it writes to its terminal."""
    stream = pyte.ByteStream(screen)
    stream.feed(f"\033[32m$\033[0m \033[1m{command}\033[0m\r\n".encode())
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(["sh", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                               env={**os.environ, "TERM": "xterm-256color"})
    os.close(theirs)
    while True:
        try:
            received = os.read(ours, 65536)
        except OSError:  # how Linux says that nobody holds the other side any more
            break
        if not received:
            break
        stream.feed(received)
    os.close(ours)
    if process.wait() != 0:
        sys.exit(f"{command}: exit code {process.returncode}\n" + "\n".join(screen.display).rstrip())


def runs(line) -> list:
    """(column, text, colour, bold) of the stretches of a line that look alike, without the blanks at its end."""
    found = []
    for column in range(COLUMNS):
        cell = line[column]
        colour = COLOURS.get(cell.fg, f"#{cell.fg}")
        if found and found[-1][2:] == (colour, cell.bold):
            found[-1] = (found[-1][0], found[-1][1] + cell.data, colour, cell.bold)
        else:
            found.append((column, cell.data, colour, cell.bold))
    return [stretch for stretch in found if stretch[1].strip()]


def draw(screen: pyte.Screen, title: str) -> str:
    last = max(row for row, text in enumerate(screen.display) if text.strip())
    width = round(COLUMNS * WIDTH + 2 * MARGIN)
    height = BAR + MARGIN + (last + 1) * HEIGHT
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
             f"  <title>{html.escape(title)}</title>",
             "  <style>text { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre }</style>",
             f'  <rect width="{width}" height="{height}" rx="9" fill="#22262e"/>']
    lines += [f'  <circle cx="{x}" cy="17" r="6" fill="{c}"/>'
              for x, c in ((22, "#ff5f57"), (42, "#febc2e"), (62, "#28c840"))]
    for row in range(last + 1):
        for column, text, colour, bold in runs(screen.buffer[row]):
            before, text = len(text) - len(text.lstrip()), text.strip()
            weight = ' font-weight="bold"' if bold else ""
            # The length keeps columns in line whatever font is there.
            lines.append(f'  <text x="{MARGIN + (column + before) * WIDTH:.1f}" y="{BAR + 14 + row * HEIGHT}" fill="{colour}"'
                         f'{weight} textLength="{len(text) * WIDTH:.1f}" '
                         f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{html.escape(text)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    screen = pyte.Screen(COLUMNS, ROWS)
    for number, command in enumerate(sys.argv[2:]):
        if number:
            pyte.Stream(screen).feed("\r\n")
        run(screen, command)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(draw(screen, " ; ".join(sys.argv[2:])))


if __name__ == "__main__":
    main()
