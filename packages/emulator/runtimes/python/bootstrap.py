"""A small Lambda runtime client for Python: standard library only, no imports that slow the start."""

import importlib
import json
import os
import socket
import sys
import time

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
JSON_LOGS = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
NON_ASCII_JSON = os.environ.get("AWS_EXECUTION_ENV", "") >= "AWS_Lambda_python3.12"


class Fault(Exception):
    """A failure that has an error type of its own."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.trace = trace or []


class Connection:
    """One keep-alive HTTP/1.1 connection; opened again where it died."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))
        self.file = None

    def request(self, method, path, headers=None, body=b"", retry=False):
        for attempt in (0, 1):
            try:
                return self._send(method, path, headers or {}, body)
            except OSError:
                self.file = None
                if attempt or not retry:
                    raise

    def _send(self, method, path, headers, body):
        if self.file is None:
            connection = socket.create_connection(self.address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = connection.makefile("rwb")
        head = [f"{method} {path} HTTP/1.1", f"Host: {API}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.file.write("\r\n".join(head + ["", ""]).encode("utf-8") + body)
        self.file.flush()
        return self._receive()

    def _receive(self):
        line = self.file.readline()
        if not line:
            raise ConnectionResetError("the Runtime API closed the connection")
        status = int(line.split(b" ", 2)[1])
        headers = {}
        while True:
            line = self.file.readline().rstrip(b"\r\n")
            if not line:
                break
            name, _, value = line.partition(b":")
            headers[name.decode("latin-1").lower()] = value.strip().decode("utf-8")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._receive_chunks()
        else:
            body = self.file.read(int(headers.get("content-length", "0")))
        return status, headers, body

    def _receive_chunks(self):
        parts = []
        while True:
            size = int(self.file.readline().split(b";")[0], 16)
            part = self.file.read(size)
            self.file.readline()
            if size == 0:
                return b"".join(parts)
            parts.append(part)


class Fields:
    """An object with the given attributes, missing ones None."""

    def __init__(self, names, values):
        for name in names:
            setattr(self, name, (values or {}).get(name))


class Context:
    """What the platform tells a handler about its invocation."""

    def __init__(self, headers):
        environ = os.environ
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = self._client_context(headers.get("lambda-runtime-client-context"))
        self.identity = self._identity(headers.get("lambda-runtime-cognito-identity"))
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))

    @staticmethod
    def _client_context(text):
        if not text:
            return None
        value = parse_header(text, "Client Context")
        context = Fields(("custom", "env", "client"), value)
        names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
        context.client = Fields(names, context.client) if context.client is not None else None
        return context

    @staticmethod
    def _identity(text):
        value = parse_header(text, "Cognito Identity") if text else {}
        names = {"cognito_identity_id": "cognitoIdentityId", "cognito_identity_pool_id": "cognitoIdentityPoolId"}
        return Fields(names, {name: value.get(key) for name, key in names.items()})


def parse_header(text, name):
    try:
        return json.loads(text)
    except ValueError as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}")


def find_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        reason = "not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {reason}")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}")
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")


def describe(error, request_id):
    """The error object as Lambda's Python runtime sends it."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        import traceback

        # Plain tuples leave out the marks under a part of the line, as Lambda does.
        frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in traceback.extract_tb(error.__traceback__)]
        own = [index for index, frame in enumerate(frames) if frame[0] != __file__]
        trace = traceback.format_list(frames[own[0]:] if own else frames)
        error_type = type(error).__name__
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def encode(value):
    def default(item):
        if type(item).__name__ == "Decimal":
            number = float(item)
            return int(item) if number == int(number) and "." not in str(item) else number
        raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")

    return json.dumps(value, default=default, ensure_ascii=not NON_ASCII_JSON)


def print_error(described):
    if JSON_LOGS:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sys.stdout.write(json.dumps({"timestamp": stamp, "level": "ERROR", **described}) + "\n")
        return
    reason = ": ".join(filter(None, (described["errorType"], described["errorMessage"])))
    lines = [f"[ERROR] {reason}", "Traceback (most recent call last):"]
    for element in described["stackTrace"]:
        for line in element.splitlines():
            text = line.lstrip(" ")
            lines.append("\u00a0" * (len(line) - len(text)) + text)
    # One record, although it has several lines: the platform cuts records at newlines.
    sys.stdout.write("\r".join(lines) + "\n")


def flush():
    """Writes what has no newline yet: the process may not run again."""
    sys.stderr.flush()
    sys.stdout.flush()


def xray_cause(described):
    exception = {"message": described["errorMessage"], "type": described["errorType"], "stack": []}
    return json.dumps({"working_directory": os.getcwd(), "exceptions": [exception], "paths": []})


def report(connection, path, described):
    print_error(described)
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": described["errorType"],
        "Lambda-Runtime-Function-XRay-Error-Cause": xray_cause(described),
    }
    flush()
    connection.request("POST", path, headers, encode(described).encode("utf-8"))


def handle(connection, handler, headers, body):
    request_id = headers["lambda-runtime-aws-request-id"]
    base = f"/2018-06-01/runtime/invocation/{request_id}"
    try:
        event = parse_event(body)
        context = Context(headers)
        answer = handler(event, context)
        content_type, payload = marshal(answer)
    except Exception as error:
        report(connection, f"{base}/error", describe(error, request_id))
        return
    flush()
    connection.request("POST", f"{base}/response", {"Content-Type": content_type}, payload)


def parse_event(body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}")


def marshal(answer):
    if isinstance(answer, bytes):
        return "application/unknown", answer
    try:
        return "application/json", encode(answer).encode("utf-8")
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}")


class LazyLogHandlerInstaller:
    """Gives the root logger Lambda's handler the moment `logging` is imported: importing it here costs 10 ms."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in sys.meta_path)))
        execute = spec.loader.exec_module

        def exec_and_install(module):
            execute(module)
            install_log_handler(module)

        spec.loader.exec_module = exec_and_install
        return spec


current = {"request_id": ""}


def install_log_handler(logging):
    class Handler(logging.Handler):
        def emit(self, record):
            sys.stdout.write(self.format(record))

    class TextFormatter(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            record.aws_request_id = current["request_id"]
            return super().format(record)

    class JsonFormatter(TextFormatter):
        def format(self, record):
            fields = {
                "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
                "requestId": current["request_id"],
            }
            if record.exc_info:
                fields["errorType"] = record.exc_info[0].__name__
                fields["errorMessage"] = str(record.exc_info[1])
                fields["stackTrace"] = self.formatException(record.exc_info).splitlines()
            return json.dumps(fields) + "\n"

    text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    handler = Handler()
    handler.setFormatter(JsonFormatter() if JSON_LOGS else TextFormatter(text, "%Y-%m-%dT%H:%M:%S"))
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    names = {"TRACE": "DEBUG", "FATAL": "CRITICAL", "WARN": "WARNING"}
    root = logging.getLogger()
    root.addHandler(handler)
    if JSON_LOGS and hasattr(logging, names.get(level, level) or "-"):
        root.setLevel(names.get(level, level))


def take_snapshot(connection):
    """Runs the hooks of the `snapshot_restore_py` package, where the function has it, around the snapshot."""
    hooks = sys.modules.get("snapshot_restore_py")
    try:
        for function, arguments, keywords in reversed(hooks.get_before_snapshot() if hooks else []):
            function(*arguments, **keywords)
    except Exception as error:
        report(connection, "/2018-06-01/runtime/init/error", {**describe(error, ""), "errorType": "Runtime.BeforeSnapshotError"})
        sys.exit(64)
    connection.request("GET", "/2018-06-01/runtime/restore/next")
    try:
        for function, arguments, keywords in hooks.get_after_restore() if hooks else ():
            function(*arguments, **keywords)
    except Exception as error:
        report(connection, "/2018-06-01/runtime/restore/error", {**describe(error, ""), "errorType": "Runtime.AfterRestoreError"})
        sys.exit(65)


def start_workers(count):
    """One process for each concurrent invocation; gives each a connection of its own. The first that ends ends all."""
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            return Connection(API)
        children.append(child)
    import signal

    def end_all(*_):
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end_all)
    _, status = os.wait()
    for child in children:
        os.kill(child, signal.SIGKILL)
    sys.exit(os.waitstatus_to_exitcode(status) or 1)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    for folder in ("/opt/python", f"/opt/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"):
        sys.path.append(os.environ.get("EMULATOR_OPT", "/opt") + folder[len("/opt"):])
    sys.meta_path.insert(0, LazyLogHandlerInstaller())
    connection = Connection(API)
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:
        report(connection, "/2018-06-01/runtime/init/error", describe(error, ""))
        sys.exit(1)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        take_snapshot(connection)
    if "AWS_LAMBDA_MAX_CONCURRENCY" in os.environ:
        connection = start_workers(int(os.environ["AWS_LAMBDA_MAX_CONCURRENCY"]))
    while True:
        status, headers, body = connection.request("GET", "/2018-06-01/runtime/invocation/next", retry=True)
        if status != 200:
            raise SystemExit(f"the Runtime API answered {status}: {body.decode('utf-8', 'replace')}")
        current["request_id"] = headers["lambda-runtime-aws-request-id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
        handle(connection, handler, headers, body)


if __name__ == "__main__":
    main()
