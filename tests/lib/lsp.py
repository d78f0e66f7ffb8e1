"""lsp.py -- an editor, as far as a language server can tell: JSON-RPC over the server's stdio.

    ed = Editor(["yaml-language-server", "--stdio"], folder, settings)
    ed.open(path, text); ed.faults(path); ed.change(path, text); ed.hover(path, line, col); ed.complete(path, line, col)
    ed.close()

Every wait has a deadline (seconds); what is missed raises.
"""
import json, os, queue, subprocess, threading, time

DEADLINE = 60


class Editor:
    def __init__(self, command, folder, yaml_settings):
        self.settings = {"yaml": yaml_settings}
        self.log = open(os.path.join(os.environ.get("TMP", "/tmp"), "language-server.log"), "w")
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.heard, self.asked, self.versions = queue.Queue(), 0, {}
        threading.Thread(target=self._listen, daemon=True).start()
        root = self.uri(folder)
        self.name = self.ask("initialize", {
            "processId": os.getpid(), "rootUri": root, "workspaceFolders": [{"uri": root, "name": "fiches"}],
            "capabilities": {
                "textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                                 "hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {}},
                "workspace": {"configuration": True, "workspaceFolders": True}}})["serverInfo"]
        self.tell("initialized", {})

    @staticmethod
    def uri(path):
        return "file://" + os.path.abspath(path)

    def _listen(self):
        while True:
            size = None
            while (line := self.server.stdout.readline().strip()):
                name, value = line.decode().split(":", 1)
                if name.lower() == "content-length":
                    size = int(value)
            if size is None:
                self.heard.put(None)
                return
            self.heard.put(json.loads(self.server.stdout.read(size)))

    def _send(self, message):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def _wait(self, wanted):
        end = time.monotonic() + DEADLINE
        while (left := end - time.monotonic()) > 0:
            try:
                message = self.heard.get(timeout=left)
            except queue.Empty:
                break
            if message is None:
                raise RuntimeError("the language server ended")
            if "method" in message and "id" in message:  # it asks for the editor's settings
                items = message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else []
                self._send({"id": message["id"], "result": [self.settings.get(i.get("section"), {}) for i in items] or None})
            elif wanted(message):
                return message
        raise RuntimeError(f"the language server did not answer within {DEADLINE} s")

    def tell(self, method, params):
        self._send({"method": method, "params": params})

    def ask(self, method, params):
        self.asked += 1
        mine = self.asked
        self._send({"id": mine, "method": method, "params": params})
        answer = self._wait(lambda m: m.get("id") == mine)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path, text):
        self.versions[path] = 1
        self.tell("textDocument/didOpen", {"textDocument": {"uri": self.uri(path), "languageId": "yaml", "version": 1, "text": text}})

    def change(self, path, text):
        self.versions[path] += 1
        self.tell("textDocument/didChange", {"textDocument": {"uri": self.uri(path), "version": self.versions[path]},
                                             "contentChanges": [{"text": text}]})

    def faults(self, path):
        """(line from 1, message) of each, once the server has looked at the file."""
        said = self._wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == self.uri(path))
        return [(d["range"]["start"]["line"] + 1, d["message"]) for d in said["params"]["diagnostics"]]

    def _at(self, path, line, col):
        return {"textDocument": {"uri": self.uri(path)}, "position": {"line": line - 1, "character": col}}

    def hover(self, path, line, col):
        answer = self.ask("textDocument/hover", self._at(path, line, col))
        return answer["contents"]["value"] if answer else ""

    def complete(self, path, line, col):
        answer = self.ask("textDocument/completion", self._at(path, line, col))
        return [i["label"] for i in (answer["items"] if isinstance(answer, dict) else answer or [])]

    def close(self):
        self.server.kill()
        self.server.wait()
