# What the session above is written with: reading until enough came, sending without getting stuck, and comparing.

# How long anything is waited for, in seconds.
PATIENCE = 60

# Options of Linux for which the module has no name.
IP_FREEBIND, IPV6_FREEBIND = 15, 78

lanes = []
differences = 0


class Lane:
    """What a socket received."""

    def __init__(self, sock, label, wanted):
        self.sock, self.label, self.wanted = sock, label, wanted
        self.got = bytearray()  # all that came so far
        self.taken = 0  # so much of it was asked for; the rest was read ahead
        self.messages = []  # of sockets that keep messages apart


def watch(sock, label, wanted):
    """Names a socket that will receive so many bytes."""
    lanes.append(Lane(sock, label, wanted))


def lane_of(sock):
    return next(lane for lane in reversed(lanes) if lane.sock is sock)


def stop(text):
    sys.exit(text)


def wait(sock, label="", want=select.POLLIN):
    """Waits until a socket can be read, or until what is wanted of it."""
    poll = select.poll()
    poll.register(sock, want)
    if not poll.poll(PATIENCE * 1000):
        stop(f"{label or sock}: nothing happened for {PATIENCE} s, other than in the session")


def take(lane, flags=0):
    """Reads once what is there; 0 bytes are the end."""
    data = lane.sock.recv(min(lane.wanted - len(lane.got), 1 << 20) or 1, flags)
    lane.got += data
    return len(data)


def receive(sock, count, flags=0):
    """Receives so many bytes, however they come."""
    lane = lane_of(sock)
    end = lane.taken + count
    while len(lane.got) < end:
        wait(sock, lane.label)
        data = sock.recv(end - len(lane.got), flags)
        if not data:
            stop(f"{lane.label}: ended after {len(lane.got)} bytes; in the session {end} came before")
        lane.got += data
    lane.taken = end


def peek(sock, count):
    """Looks at so many bytes without taking them."""
    lane = lane_of(sock)
    ahead = len(lane.got) - lane.taken
    while ahead < count:
        wait(sock, lane.label)
        seen = len(sock.recv(count - ahead, MSG_PEEK))
        if seen >= count - ahead or seen == 0 or sock.type != SOCK_STREAM:
            break


def urgent(sock):
    """Receives the urgent byte."""
    lane = lane_of(sock)
    wait(sock, lane.label, select.POLLPRI)
    lane.got[lane.taken : lane.taken] = sock.recv(1, MSG_OOB)
    lane.taken += 1


def message(sock, most):
    """Receives one datagram or packet."""
    lane = lane_of(sock)
    wait(sock, lane.label)
    lane.messages.append(sock.recv(most))


def end(sock):
    """Receives the end."""
    lane = lane_of(sock)
    wait(sock, lane.label)
    if len(lane.got) > lane.taken or sock.recv(1):
        stop(f"{lane.label}: byte {lane.taken} came; in the session that was the end")


def send_all(sock, data, flags=0):
    """Sends all bytes. While there is no room for them, what is received later is read ahead."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[sock.send(rest, flags | MSG_DONTWAIT) :]
            continue
        except BlockingIOError:
            pass
        hungry = [lane for lane in lanes if len(lane.got) < lane.wanted and lane.sock.fileno() >= 0]
        poll = select.poll()
        poll.register(sock, select.POLLOUT)
        for lane in hungry:
            if lane.sock is not sock:
                poll.register(lane.sock, select.POLLIN)
            else:
                poll.modify(sock, select.POLLIN | select.POLLOUT)
        ready = dict(poll.poll(PATIENCE * 1000 if hungry else 1000))
        if not ready:
            if hungry:
                stop(f"{lane_of(sock).label}: no room for {len(rest)} bytes, other than in the session")
            print(f"{lane_of(sock).label}: no room for the last {len(rest)} of {len(data)} bytes; nobody reads them")
            return
        for lane in hungry:
            if ready.get(lane.sock.fileno(), 0) & ~select.POLLOUT and not take(lane, MSG_DONTWAIT):
                lane.wanted = len(lane.got)


def settle(sock):
    """Waits, for a moment, until the kernel knows that the connection is broken."""
    poll = select.poll()
    poll.register(sock, 0)
    poll.poll(2000)


def glance(sock, call):
    """Tells whether a call would wait now; the call itself is not made."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    print(f"{call}: there is something already" if poll.poll(0) else f"{call}: EAGAIN")


def at(sock, label=""):
    """The address that the kernel gave a socket."""
    address = sock.getsockname()
    if label:
        print(f"{label} is at {address[0]} port {address[1]}", flush=True)
    return address


def near(ip, address):
    """The same port at another IP address."""
    return (ip, address[1])


def show(call, value, before):
    print(f"{call} = {value!r}; in the session {before}")


def unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


@contextmanager
def fails(name):
    """The call must fail so."""
    try:
        yield
    except OSError as error:
        found = errno.errorcode.get(error.errno, str(error))
        if found != name:
            raise
        print(f"{name}, as in the session")
        return
    stop(f"a call came out well; in the session it failed: {name}")


@contextmanager
def tried(call):
    """Whatever comes of the call is only told."""
    try:
        yield
        print(f"{call}: 0")
    except OSError as error:
        print(f"{call}: {errno.errorcode.get(error.errno, error)}")


def lane_named(label):
    return next(lane for lane in reversed(lanes) if lane.label == label)


def compare(label, where, got, expected):
    global differences
    if got == expected:
        return
    differences += 1
    pairs = zip(got, expected)
    place = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(got), len(expected)))
    one = f"{got[place]:#04x}" if place < len(got) else "the end"
    other = f"{expected[place]:#04x}" if place < len(expected) else "the end"
    print(f"{label}: {where} {place} is {one}; in the session it was {other}", file=sys.stderr)


def check(label, expected):
    """A socket must have received these bytes first."""
    compare(label, "received byte", bytes(lane_named(label).got[: len(expected)]), expected)


def check_message(label, number, expected):
    """That message must have been this one."""
    messages = lane_named(label).messages
    got = messages[number] if number < len(messages) else b""
    compare(label, f"message {number + 1}, byte", got, expected)


session()
comparison()
if differences:
    sys.exit(1)
print("Every socket received what it received in the session.")
