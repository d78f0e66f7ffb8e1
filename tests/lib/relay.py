#!/usr/bin/env python3
"""relay.py PORT ROUND_TRIP_MS LOG: a slow or broken link to 127.0.0.1:PORT, for tests and benchmarks; ends when its standard input does.

Listens on a free port of 127.0.0.1, written to LOG as its first line, then a line "connexion" for each connection. What arrives is
handed on half the round trip later, in order, with any amount under way (a long cable, not a narrow one).

A line on standard input says what happens to each connection made from then on, and is answered in LOG by "set" and the line:
    up N KIND     once N bytes have gone to the server      down N KIND   once N bytes have come back      none   nothing
    cut           both ends are told that it is over        reset         the same, rudely (RST)
    half          this way ends, the other one goes on      stall         nothing moves any more, and nobody is told
    drip          from here on a byte at a time
The end of a connection is "passed UP DOWN" in LOG, in bytes.
"""
import asyncio, os, socket, struct, sys

port, half, log = int(sys.argv[1]), float(sys.argv[2]) / 2000, open(sys.argv[3], "w", buffering=1)
fault = None  # (way, n, kind) of the next connections
DRIP_S = 0.001


class Link:
    """One connection: how far each way has come, and what is to happen to it."""

    def __init__(self, near, far):
        self.ends, self.fault = (near, far), fault
        self.passed, self.struck = {"up": 0, "down": 0}, False
        self.over = asyncio.Event()

    def room(self, way):
        """Bytes that may still pass before the fault; None: as many as like."""
        return self.fault[1] - self.passed[way] if self.fault and not self.struck and self.fault[0] == way else None

    def strike(self, writer):
        self.struck, kind = True, self.fault[2]
        if kind == "half" and writer.can_write_eof():
            writer.write_eof()
        elif kind in ("cut", "reset"):
            self.end(kind == "reset")

    def end(self, rudely=False):
        for writer in self.ends:
            if rudely:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()
        self.over.set()

    def does(self, *kinds):
        return self.struck and self.fault[2] in kinds

    async def hand_on(self, way, writer, piece):
        if self.does("stall") or self.does("half") and self.fault[0] == way:
            return
        room = self.room(way)
        now = piece if room is None else piece[:room]
        due = asyncio.get_running_loop().time()
        for part in [now[i:i + 1] for i in range(len(now))] if self.does("drip") else [now]:
            writer.write(part)
            await writer.drain()
            if self.does("drip"):  # by the clock: on a busy machine each sleep is much longer, and a sync would take minutes
                due += DRIP_S
                await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
        self.passed[way] += len(now)
        if room is not None and self.passed[way] >= self.fault[1]:
            self.strike(writer)
            if self.does("drip") and len(piece) > len(now):
                await self.hand_on(way, writer, piece[len(now):])


async def carry(link, way, reader, writer):
    """One direction. Each piece has its moment of arrival; the queue keeps them in order."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()

    async def deliver():
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not piece:
                break
            await link.hand_on(way, writer, piece)
        if link.does("stall"):
            link.end()  # whoever waited has given up
        elif writer.can_write_eof() and not link.over.is_set():
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    piece = True
    try:
        while piece:
            try:
                piece = await reader.read(65536)
            except OSError:
                piece = b""
            queue.put_nowait((loop.time() + half, piece))
        await delivery
    finally:
        delivery.cancel()


async def connected(reader, writer):
    log.write("connexion\n")
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return writer.close()
    link = Link(writer, far_writer)
    if link.room("up") == 0 or link.room("down") == 0:
        link.strike(far_writer if link.fault[0] == "up" else writer)
    ways = [asyncio.create_task(carry(link, "up", reader, far_writer)), asyncio.create_task(carry(link, "down", far_reader, writer))]
    over = asyncio.create_task(link.over.wait())
    both = asyncio.create_task(asyncio.wait(ways))
    await asyncio.wait((both, over), return_when=asyncio.FIRST_COMPLETED)
    for w in link.ends:
        w.close()
    for task in ways + [both, over]:
        task.cancel()
    await asyncio.gather(*ways, both, over, return_exceptions=True)
    log.write("passed %d %d\n" % (link.passed["up"], link.passed["down"]))


def told():
    global fault
    line = sys.stdin.buffer.readline().decode()
    words = line.split()
    if words:
        fault = (words[0], int(words[1]), words[2]) if len(words) == 3 else None
        log.write("set " + line)
    return bool(line)


async def main():
    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    log.write("%d\n" % server.sockets[0].getsockname()[1])
    ends = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, lambda: told() or ends.set())
    await ends.wait()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
os._exit(0)  # what is still under way is nobody's any more
