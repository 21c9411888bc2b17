"""What stands in for the program in a shell: hands everything over to the process of `forked.py`, and ends as it ended.

Run by the hundred, so it loads nothing that is not built into the interpreter.
"""

import _signal
import _socket
import marshal
import posix
import sys

link = _socket.socket(_socket.AF_UNIX)
link.connect(sys.argv[1])
request = marshal.dumps((posix.getcwdb(), sys.argv[2:], dict(posix.environ)))
files = b"".join(file.to_bytes(4, sys.byteorder) for file in (0, 1, 2))
link.sendmsg([len(request).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
link.sendall(request)
pid = int.from_bytes(link.recv(8), "big")
for sign in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
    _signal.signal(sign, lambda sign, _: posix.kill(pid, sign))
posix._exit((link.recv(1) or b"\xff")[0])
