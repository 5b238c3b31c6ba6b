// What the session below is written with: reading until enough came, sending without getting stuck, and comparing.

// How long anything is waited for, in milliseconds.
enum { PATIENCE = 60000 };

// What a socket received.
struct lane {
    int fd;
    const char *label;
    size_t wanted; // so many bytes will come
    size_t got;    // so many came so far
    size_t taken;  // so many of them were asked for; the rest was read ahead
    size_t room;
    unsigned char *bytes;
    size_t messages; // of sockets that keep messages apart, one behind the other in `bytes`
    size_t *ends;
};

// An address that the kernel gave.
struct at {
    struct sockaddr_storage address;
    socklen_t length;
};

static struct lane *lanes;
static size_t lane_count;
static int differences;

// Bytes that are put together before they are sent or compared.
static unsigned char *built;
static size_t built_length;

#define must(call) returned((int)(call), #call, __LINE__)
#define fails(error, call) failed((int)(call), error, #error, #call, __LINE__)
#define tried(call) shown((int)(call), #call)
#define UNUSED __attribute__((unused))

static void *memory(void *old, size_t size) {
    void *grown = realloc(old, size ? size : 1);
    if (!grown) {
        perror("realloc");
        exit(1);
    }
    return grown;
}

UNUSED static int returned(int result, const char *call, int line) {
    if (result == -1) {
        fprintf(stderr, "line %d: %s: %s\n", line, call, strerror(errno));
        exit(1);
    }
    return result;
}

UNUSED static void failed(int result, int error, const char *name, const char *call, int line) {
    if (result != -1) {
        fprintf(stderr, "line %d: %s came out well; in the session it failed: %s\n", line, call, name);
        exit(1);
    }
    if (errno != error) {
        fprintf(stderr, "line %d: %s: %s; in the session it failed: %s\n", line, call, strerror(errno), name);
        exit(1);
    }
    printf("%s: %s, as in the session\n", call, name);
}

UNUSED static void shown(int result, const char *call) {
    printf("%s: %s\n", call, result == -1 ? strerror(errno) : "0");
}

// Names a socket that will receive so many bytes.
UNUSED static void watch(int fd, const char *label, size_t wanted) {
    lanes = memory(lanes, (lane_count + 1) * sizeof *lanes);
    lanes[lane_count++] = (struct lane){ .fd = fd, .label = label, .wanted = wanted };
}

UNUSED static void forget(int fd) {
    for (size_t n = 0; n < lane_count; n++) {
        if (lanes[n].fd == fd) {
            lanes[n].fd = -1;
        }
    }
}

UNUSED static struct lane *lane_of(int fd) {
    for (size_t n = lane_count; n-- > 0;) {
        if (lanes[n].fd == fd) {
            return &lanes[n];
        }
    }
    fprintf(stderr, "no socket has the descriptor %d\n", fd);
    exit(1);
}

UNUSED static void wait_for(int fd, const char *label, short events) {
    struct pollfd ready = { .fd = fd, .events = events };
    if (returned(poll(&ready, 1, PATIENCE), "poll", 0) == 0) {
        fprintf(stderr, "%s: nothing happened for %d s, other than in the session\n", label, PATIENCE / 1000);
        exit(1);
    }
}

UNUSED static void grow(struct lane *lane, size_t more) {
    if (lane->got + more > lane->room) {
        lane->room = (lane->got + more) * 2;
        lane->bytes = memory(lane->bytes, lane->room);
    }
}

// Reads once; 0 bytes are the end.
UNUSED static size_t take(struct lane *lane, size_t most, int flags) {
    grow(lane, most);
    ssize_t count = recv(lane->fd, lane->bytes + lane->got, most, flags);
    size_t came = (size_t)returned((int)count, "recv", 0);
    lane->got += came;
    return came;
}

// Receives so many bytes, however they come.
UNUSED static void receive(int fd, size_t count, int flags) {
    struct lane *lane = lane_of(fd);
    size_t end = lane->taken + count;
    while (lane->got < end) {
        wait_for(fd, lane->label, POLLIN);
        if (take(lane, end - lane->got, flags) == 0) {
            fprintf(stderr, "%s: ended after %zu bytes; in the session %zu came before\n", lane->label, lane->got, end);
            exit(1);
        }
    }
    lane->taken = end;
}

// Looks at so many bytes without taking them.
UNUSED static void peek(int fd, size_t count) {
    struct lane *lane = lane_of(fd);
    size_t ahead = lane->got - lane->taken;
    int kind = 0;
    socklen_t length = sizeof kind;
    returned(getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &length), "getsockopt", 0);
    while (ahead < count) {
        wait_for(fd, lane->label, POLLIN);
        grow(lane, count);
        int seen = returned((int)recv(fd, lane->bytes + lane->got, count - ahead, MSG_PEEK), "recv", 0);
        if ((size_t)seen >= count - ahead || seen == 0 || kind != SOCK_STREAM) {
            break;
        }
    }
}

// Receives the urgent byte.
UNUSED static void urgent(int fd) {
    struct lane *lane = lane_of(fd);
    unsigned char byte;
    wait_for(fd, lane->label, POLLPRI);
    returned((int)recv(fd, &byte, 1, MSG_OOB), "recv", 0);
    grow(lane, 1);
    memmove(lane->bytes + lane->taken + 1, lane->bytes + lane->taken, lane->got - lane->taken);
    lane->bytes[lane->taken++] = byte;
    lane->got++;
}

// Receives one datagram or packet.
UNUSED static void message(int fd, size_t most) {
    struct lane *lane = lane_of(fd);
    wait_for(fd, lane->label, POLLIN);
    take(lane, most, 0);
    lane->ends = memory(lane->ends, (lane->messages + 1) * sizeof *lane->ends);
    lane->ends[lane->messages++] = lane->got;
}

// Receives the end.
UNUSED static void end(int fd) {
    struct lane *lane = lane_of(fd);
    wait_for(fd, lane->label, POLLIN);
    size_t before = lane->got;
    if (before > lane->taken && !lane->messages) {
        before = lane->taken;
    } else if (take(lane, 1, 0) == 0) {
        return;
    }
    fprintf(stderr, "%s: byte %zu came; in the session that was the end\n", lane->label, before);
    exit(1);
}

// Reads ahead what comes later, until there is room to send; 0 where nothing happens.
UNUSED static int read_ahead(int fd, int patience) {
    struct pollfd *ready = memory(NULL, (lane_count + 1) * sizeof *ready);
    ready[lane_count] = (struct pollfd){ .fd = fd, .events = POLLOUT };
    for (size_t n = 0; n < lane_count; n++) {
        int hungry = lanes[n].got < lanes[n].wanted;
        ready[n] = (struct pollfd){ .fd = hungry ? lanes[n].fd : -1, .events = POLLIN };
    }
    int count = returned(poll(ready, lane_count + 1, patience), "poll", 0);
    for (size_t n = 0; n < lane_count && count > 0; n++) {
        if (ready[n].revents && take(&lanes[n], lanes[n].wanted - lanes[n].got, MSG_DONTWAIT) == 0) {
            lanes[n].wanted = lanes[n].got;
        }
    }
    free(ready);
    return count;
}

// Sends all bytes. While there is no room for them, what is received later is read ahead.
UNUSED static void send_all(int fd, const void *bytes, size_t length, int flags) {
    size_t sent = 0;
    while (sent < length) {
        ssize_t count = send(fd, (const char *)bytes + sent, length - sent, flags | MSG_DONTWAIT);
        if (count >= 0) {
            sent += (size_t)count;
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            returned(-1, "send", 0);
        }
        int hungry = 0;
        for (size_t n = 0; n < lane_count; n++) {
            hungry |= lanes[n].fd >= 0 && lanes[n].got < lanes[n].wanted;
        }
        if (read_ahead(fd, hungry ? PATIENCE : 1000) > 0) {
            continue;
        }
        const char *label = lane_of(fd)->label;
        if (hungry) {
            fprintf(stderr, "%s: no room for %zu bytes, other than in the session\n", label, length - sent);
            exit(1);
        }
        printf("%s: no room for the last %zu of %zu bytes; nobody reads them\n", label, length - sent, length);
        return;
    }
}

// Waits, for a moment, until the kernel knows that the connection is broken.
UNUSED static void settle(int fd) {
    struct pollfd broken = { .fd = fd };
    poll(&broken, 1, 2000);
}

// Tells whether a call would wait now; the call itself is not made.
UNUSED static void glance(int fd, const char *call) {
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    printf("%s: %s\n", call, poll(&ready, 1, 0) > 0 ? "there is something already" : "EAGAIN");
}

// The address that the kernel gave a socket.
UNUSED static struct at at(int fd, const char *label) {
    struct at at = { .length = sizeof at.address };
    returned(getsockname(fd, (struct sockaddr *)&at.address, &at.length), "getsockname", 0);
    char host[INET6_ADDRSTRLEN + 16] = "", port[8] = "";
    getnameinfo((struct sockaddr *)&at.address, at.length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    if (label) {
        printf("%s is at %s port %s\n", label, host, port);
        fflush(stdout);
    }
    return at;
}

// The same port at another IP address.
UNUSED static struct at near(const char *ip, struct at other) {
    struct at at = { .length = 0 };
    in_port_t port = other.address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&other.address)->sin6_port
                                                         : ((struct sockaddr_in *)&other.address)->sin_port;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at.address;
    struct sockaddr_in *four = (struct sockaddr_in *)&at.address;
    if (inet_pton(AF_INET6, ip, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = port;
        at.length = sizeof *six;
    } else {
        inet_pton(AF_INET, ip, &four->sin_addr);
        four->sin_family = AF_INET;
        four->sin_port = port;
        at.length = sizeof *four;
    }
    return at;
}

// Adds bytes, so many times, to those that are put together.
UNUSED static void part(const char *bytes, size_t length, size_t times) {
    built = memory(built, built_length + length * times);
    for (; times > 0; times--) {
        memcpy(built + built_length, bytes, length);
        built_length += length;
    }
}

// Begins to put bytes together.
UNUSED static void begin(void) {
    built_length = 0;
    built = memory(built, 1);
}

UNUSED static struct lane *lane_named(const char *label) {
    for (size_t n = lane_count; n-- > 0;) {
        if (strcmp(lanes[n].label, label) == 0) {
            return &lanes[n];
        }
    }
    fprintf(stderr, "%s: there was no such socket\n", label);
    exit(1);
}

UNUSED static void compare(const char *label, const char *where, const unsigned char *got, size_t count) {
    size_t place = 0;
    while (place < count && place < built_length && got[place] == built[place]) {
        place++;
    }
    if (place == count && place == built_length) {
        return;
    }
    char one[16] = "the end", other[16] = "the end";
    if (place < count) {
        snprintf(one, sizeof one, "0x%02x", got[place]);
    }
    if (place < built_length) {
        snprintf(other, sizeof other, "0x%02x", built[place]);
    }
    fprintf(stderr, "%s: %s %zu is %s; in the session it was %s\n", label, where, place, one, other);
    differences++;
}

// A socket must have received first what is put together.
UNUSED static void check(const char *label) {
    struct lane *lane = lane_named(label);
    compare(label, "received byte", lane->bytes, lane->got < built_length ? lane->got : built_length);
}

// That message must have been what is put together.
UNUSED static void check_message(const char *label, size_t number) {
    struct lane *lane = lane_named(label);
    char where[48];
    snprintf(where, sizeof where, "message %zu, byte", number + 1);
    size_t first = number == 0 || number > lane->messages ? 0 : lane->ends[number - 1];
    compare(label, where, lane->bytes + first, number < lane->messages ? lane->ends[number] - first : 0);
}

