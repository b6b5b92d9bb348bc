"""The Extensions and Telemetry API with Python's standard library, one connection for each call."""
import http.client, http.server, json, os, sys, threading

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
NAME = os.path.basename(sys.argv[0])
IS_MANAGED = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"

def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(API)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()

def register():
    events = ["SHUTDOWN"] if IS_MANAGED else ["INVOKE", "SHUTDOWN"]
    status, headers, body = call("POST", "/2020-01-01/extension/register", json.dumps({"events": events}), {"Lambda-Extension-Name": NAME})
    if status != 200: sys.exit(body)
    return {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}

def next_event(identity):
    status, _, body = call("GET", "/2020-01-01/extension/event/next", None, identity)
    if status != 200: sys.exit(body)
    return json.loads(body)

def run(identity):
    while next_event(identity)["eventType"] != "SHUTDOWN": pass

def listen(handle, status=200):
    """Answers each request, then hands on its body; gives the port."""
    class Listener(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            handle(body)
        def log_message(self, *_): pass
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port

def subscribe(identity, port):
    body = {
        "schemaVersion": "2025-01-29",
        "types": ["platform", "function"],
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}"},
        "buffering": {"timeoutMs": 25},
    }
    return call("PUT", "/2022-07-01/telemetry", json.dumps(body), identity)[0]
