#!/usr/bin/env python3
"""relay.py PORT ROUND_TRIP_MS LOG: a slow link to 127.0.0.1:PORT, for tests and benchmarks; ends when its standard input does.

Listens on a free port of 127.0.0.1, written to LOG as its first line, then a line "connexion" for each connection. What arrives is
handed on half the round trip later, in order, with any amount under way (a long cable, not a narrow one).
"""
import asyncio, os, sys

port, half, log = int(sys.argv[1]), float(sys.argv[2]) / 2000, open(sys.argv[3], "w", buffering=1)


async def carry(reader, writer):
    """One direction. Each piece has its moment of arrival; the queue keeps them in order."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()

    async def deliver():
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    piece = True
    while piece:
        try:
            piece = await reader.read(65536)
        except OSError:
            piece = b""
        queue.put_nowait((loop.time() + half, piece))
    await delivery


async def connected(reader, writer):
    log.write("connexion\n")
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return writer.close()
    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer), return_exceptions=True)
    for w in (writer, far_writer):
        w.close()


async def main():
    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    log.write("%d\n" % server.sockets[0].getsockname()[1])
    ends = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, lambda: sys.stdin.buffer.read1(1024) or ends.set())
    await ends.wait()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
os._exit(0)  # what is still under way is nobody's any more
