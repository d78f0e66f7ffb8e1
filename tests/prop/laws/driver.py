"""driver.py -- talks to the program's merge (merge_stdio.c)."""
import json
import subprocess


class Driver:
    def __init__(self, path):
        self.path = path
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, what, parts):
        out = [what.encode() + b"\n"]
        for p in parts:
            if p is None:
                out.append(b"-\n")
            else:
                bytes_ = p.encode()
                out.append(b"%d\n%s" % (len(bytes_), bytes_))
        try:
            self.process.stdin.write(b"".join(out))
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            code = self.process.wait()
            self.start()
            return {"died": code}
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        return self.process.wait()
