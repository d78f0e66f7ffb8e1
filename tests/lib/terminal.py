#!/usr/bin/env python3
"""terminal.py SCRIPT -- COMMAND...: plays a person at a terminal. Runs the command on a pseudo-terminal, prints what the terminal showed, and
exits with the command's code; 99 when an expected text did not come within the deadline (DEADLINE seconds, 40), with what was seen.

A script is a line a step:
  wait TEXT    until the terminal has shown TEXT, after what the step before waited for
  type TEXT    TEXT and Enter       key X     these characters, without Enter
  ctrl X       Ctrl-X               hangup    the line drops: the terminal goes away
  stop         stopped, as by Ctrl-Z in a shell, and let go on
MAILLAGE_PAGER is cat unless it is set. Blank lines and lines that begin with # are passed over. At the end of the script the command has the deadline to end by itself."""
import fcntl, os, pty, select, signal, struct, sys, termios, time

steps = [l.rstrip("\n") for l in open(sys.argv[1], encoding="utf-8") if l.strip() and not l.startswith("#")]
command = sys.argv[sys.argv.index("--") + 1:]
until = time.monotonic() + float(os.environ.get("DEADLINE", "40"))
pid, fd = pty.fork()
if pid == 0:
    os.environ.setdefault("TERM", "xterm")
    os.environ.setdefault("MAILLAGE_PAGER", "cat")  # less would wait for a key that no script types
    os.execvp(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
seen = bytearray()
at = 0
code = None


def give_up(why):
    sys.stdout.write(seen.decode("utf-8", "replace").replace("\r\n", "\n"))
    print(f"\nterminal: {why}")
    os.kill(pid, signal.SIGKILL)
    sys.exit(99)


def pump(why):
    """Wait for something to be shown. False: nothing more will be."""
    if not select.select([fd], [], [], max(0, until - time.monotonic()))[0]:
        give_up("deadline: " + why)
    try:
        more = os.read(fd, 65536)
    except OSError:  # EIO: nobody has the other end open any more
        more = b""
    seen.extend(more)
    return bool(more)


for step in steps:
    verb, _, text = step.partition(" ")
    if verb == "wait":
        want = text.encode()
        while (found := seen.find(want, at)) < 0:
            if not pump(f"waited for « {text} »"):
                give_up(f"ended before it showed « {text} »")
        at = found + len(want)
    elif verb == "type":
        os.write(fd, text.encode() + b"\n")
    elif verb == "key":
        os.write(fd, text.encode())
    elif verb == "ctrl":
        os.write(fd, bytes([ord(text.upper()) & 31]))
    elif verb == "stop":
        os.kill(pid, signal.SIGSTOP)  # Ctrl-Z stops no process group that nobody could wake
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
    elif verb == "hangup":
        os.close(fd)
        fd = None
        break
    else:
        sys.exit(f"terminal: no such step: {step}")
while fd is not None and pump("the command does not end"):
    pass
while code is None:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        code = os.waitstatus_to_exitcode(status)
    elif time.monotonic() > until:
        give_up("the command does not end")
    else:
        select.select([], [], [], 0.01)
sys.stdout.write(seen.decode("utf-8", "replace").replace("\r\n", "\n"))
sys.exit(code if code >= 0 else 128 - code)
