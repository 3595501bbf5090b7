/* A network that misbehaves, for one process: loaded with LD_PRELOAD, it stands between the process and its UDP
 * sockets and loses, delays, doubles, reorders or blacks out the datagrams the process SENDS. Load it into both ends
 * of a call and both directions are impaired. TCP, Unix sockets and reception are left alone.
 *
 * IMPAIRED_NETWORK names a directory:
 *   settings       lines of "key value", read again within 10 ms whenever the file is replaced (write beside, rename):
 *                    generation N        echoed in the counts once these settings are in force
 *                    seed N              the n-th datagram's fate follows from the seed, n and the rates
 *                    loss P              0..1
 *                    duplicate P         0..1, sent twice
 *                    delay_us N          each datagram is held this long
 *                    jitter_us N         and up to this much longer, evenly spread
 *                    reorder P           0..1, held for reorder_us more, so that later ones overtake
 *                    reorder_us N
 *                    blackout 0|1        nothing passes
 *                    trace 0|1           record every datagram's head
 *   counts-PID     written here: struct counts, mapped, always current
 *   trace-PID      written here when asked: struct trace_record, appended
 *
 * A GSO send (UDP_SEGMENT) is cut into its datagrams, each with a fate of its own. Control messages (TOS, source
 * address) are not carried over. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define MAX_DATAGRAM 65536
/* What a slow router would hold: more than this is lost, as there. */
#define MAX_HELD 16384
#define SETTINGS_POLL_US 10000

enum fate { FATE_SENT = 0, FATE_LOST = 1, FATE_BLACKED_OUT = 2 };

struct settings {
    uint64_t generation, seed;
    double loss, duplicate, reorder;
    uint64_t delay_us, jitter_us, reorder_us;
    int blackout, trace;
};

struct counts {
    uint64_t generation; /* of the settings in force */
    uint64_t offered;    /* datagrams the process sent */
    uint64_t lost;       /* by chance or by a full queue */
    uint64_t blacked_out;
    uint64_t duplicated;
    uint64_t held;       /* sent later than asked */
};

struct trace_record {
    uint64_t time_us; /* CLOCK_MONOTONIC */
    uint16_t destination_port;
    uint16_t length;
    uint8_t fate;
    uint8_t reserved[3];
    uint8_t head[16]; /* the datagram's first bytes, zero-padded */
};

struct held_datagram {
    uint64_t due_us, order;
    int fd; /* a duplicate: the process may close its own while we hold the datagram */
    socklen_t address_length;
    struct sockaddr_storage address;
    size_t length;
    uint8_t *bytes;
};

static ssize_t (*real_sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
static ssize_t (*real_sendmsg)(int, const struct msghdr *, int);
static int (*real_sendmmsg)(int, struct mmsghdr *, unsigned int, int);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t held_changed;
static int enabled;
static char directory[PATH_MAX - 64];
static struct settings settings;
static struct timespec settings_time;
static ino_t settings_inode;
static struct counts *counts;
static int trace_file = -1;
static uint64_t random_state, arrivals;
/* A binary heap, the earliest due first. */
static struct held_datagram *held[MAX_HELD];
static size_t held_count;

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

/* SplitMix64, as a number in 0..1. */
static double draw(void) {
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static int earlier(const struct held_datagram *a, const struct held_datagram *b) {
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void heap_push(struct held_datagram *datagram) {
    size_t i = held_count++;
    while (i > 0 && earlier(datagram, held[(i - 1) / 2])) {
        held[i] = held[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    held[i] = datagram;
}

static struct held_datagram *heap_pop(void) {
    struct held_datagram *first = held[0], *last = held[--held_count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= held_count)
            break;
        if (child + 1 < held_count && earlier(held[child + 1], held[child]))
            child++;
        if (!earlier(held[child], last))
            break;
        held[i] = held[child];
        i = child;
    }
    held[i] = last;
    return first;
}

static void read_settings(void) {
    char path[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "%s/settings", directory);
    if (stat(path, &status) != 0)
        return;
    if (status.st_ino == settings_inode && status.st_mtim.tv_sec == settings_time.tv_sec &&
        status.st_mtim.tv_nsec == settings_time.tv_nsec)
        return;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    settings_inode = status.st_ino;
    settings_time = status.st_mtim;
    struct settings next = {0};
    char key[32];
    double value;
    while (fscanf(file, "%31s %lf", key, &value) == 2) {
        if (!strcmp(key, "generation"))
            next.generation = (uint64_t)value;
        else if (!strcmp(key, "seed"))
            next.seed = (uint64_t)value;
        else if (!strcmp(key, "loss"))
            next.loss = value;
        else if (!strcmp(key, "duplicate"))
            next.duplicate = value;
        else if (!strcmp(key, "delay_us"))
            next.delay_us = (uint64_t)value;
        else if (!strcmp(key, "jitter_us"))
            next.jitter_us = (uint64_t)value;
        else if (!strcmp(key, "reorder"))
            next.reorder = value;
        else if (!strcmp(key, "reorder_us"))
            next.reorder_us = (uint64_t)value;
        else if (!strcmp(key, "blackout"))
            next.blackout = value != 0;
        else if (!strcmp(key, "trace"))
            next.trace = value != 0;
        else {
            fprintf(stderr, "impaired network: unknown setting %s\n", key);
            abort();
        }
    }
    fclose(file);
    if (next.seed != settings.seed)
        random_state = next.seed;
    settings = next;
    counts->generation = next.generation;
}

/* Sends what is due, and looks at the settings every now and then. */
static void *keeper(void *unused) {
    (void)unused;
    uint64_t next_poll = 0;
    pthread_mutex_lock(&mutex);
    for (;;) {
        uint64_t now = now_us();
        if (now >= next_poll) {
            read_settings();
            next_poll = now + SETTINGS_POLL_US;
        }
        while (held_count > 0 && held[0]->due_us <= now) {
            struct held_datagram *datagram = heap_pop();
            ssize_t sent = real_sendto(datagram->fd, datagram->bytes, datagram->length, MSG_NOSIGNAL,
                                       datagram->address_length ? (struct sockaddr *)&datagram->address : NULL,
                                       datagram->address_length);
            if (sent < 0)
                counts->lost++;
            close(datagram->fd);
            free(datagram->bytes);
            free(datagram);
        }
        uint64_t wake = next_poll;
        if (held_count > 0 && held[0]->due_us < wake)
            wake = held[0]->due_us;
        struct timespec until = {.tv_sec = (time_t)(wake / 1000000u), .tv_nsec = (long)(wake % 1000000u) * 1000};
        pthread_cond_timedwait(&held_changed, &mutex, &until);
    }
    return NULL;
}

static void start(void) {
    real_sendto = (ssize_t (*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "sendto");
    real_sendmsg = (ssize_t (*)(int, const struct msghdr *, int))dlsym(RTLD_NEXT, "sendmsg");
    real_sendmmsg = (int (*)(int, struct mmsghdr *, unsigned int, int))dlsym(RTLD_NEXT, "sendmmsg");
    const char *named = getenv("IMPAIRED_NETWORK");
    if (!named)
        return;
    char path[PATH_MAX];
    snprintf(directory, sizeof directory, "%s", named);
    snprintf(path, sizeof path, "%s/counts-%d", directory, (int)getpid());
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof *counts) != 0) {
        perror("impaired network: counts");
        abort();
    }
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (counts == MAP_FAILED) {
        perror("impaired network: counts");
        abort();
    }
    snprintf(path, sizeof path, "%s/trace-%d", directory, (int)getpid());
    trace_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    read_settings();
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&held_changed, &attributes);
    pthread_t thread;
    if (pthread_create(&thread, NULL, keeper, NULL) != 0) {
        perror("impaired network: thread");
        abort();
    }
    pthread_detach(thread);
    enabled = 1;
}

/* A network delivers what it holds even when the sender is gone; so a program's exit waits for the rest. */
__attribute__((destructor)) static void deliver_the_rest(void) {
    uint64_t give_up = now_us() + 2000000u;
    pthread_mutex_lock(&mutex);
    while (enabled && held_count > 0 && now_us() < give_up) {
        pthread_mutex_unlock(&mutex);
        usleep(1000);
        pthread_mutex_lock(&mutex);
    }
    pthread_mutex_unlock(&mutex);
}

static int is_impaired(int fd) {
    int type = 0, domain = 0;
    socklen_t length = sizeof type;
    pthread_once(&once, start);
    if (!enabled || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_DGRAM)
        return 0;
    length = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && (domain == AF_INET || domain == AF_INET6);
}

static void record(const struct sockaddr *to, const uint8_t *bytes, size_t length, enum fate fate) {
    struct trace_record entry = {.time_us = now_us(), .length = (uint16_t)length, .fate = (uint8_t)fate};
    if (to && to->sa_family == AF_INET)
        entry.destination_port = ntohs(((const struct sockaddr_in *)to)->sin_port);
    else if (to && to->sa_family == AF_INET6)
        entry.destination_port = ntohs(((const struct sockaddr_in6 *)to)->sin6_port);
    memcpy(entry.head, bytes, length < sizeof entry.head ? length : sizeof entry.head);
    if (trace_file >= 0 && write(trace_file, &entry, sizeof entry) != (ssize_t)sizeof entry)
        perror("impaired network: trace");
}

static void hold(int fd, const struct sockaddr *to, socklen_t to_length, const uint8_t *bytes, size_t length,
                 uint64_t due_us) {
    struct held_datagram *datagram = held_count < MAX_HELD ? calloc(1, sizeof *datagram) : NULL;
    uint8_t *copy = datagram ? malloc(length ? length : 1) : NULL;
    int duplicate = copy ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (duplicate < 0) {
        counts->lost++;
        free(copy);
        free(datagram);
        return;
    }
    memcpy(copy, bytes, length);
    datagram->due_us = due_us;
    datagram->order = arrivals++;
    datagram->fd = duplicate;
    datagram->bytes = copy;
    datagram->length = length;
    if (to) {
        memcpy(&datagram->address, to, to_length);
        datagram->address_length = to_length;
    }
    heap_push(datagram);
    counts->held++;
    pthread_cond_signal(&held_changed);
}

/* One datagram meets its fate. -1 with errno only when the kernel itself refused it. */
static int impair(int fd, const struct sockaddr *to, socklen_t to_length, const uint8_t *bytes, size_t length,
                  int flags) {
    if (to_length > sizeof(struct sockaddr_storage)) {
        errno = EINVAL;
        return -1;
    }
    pthread_mutex_lock(&mutex);
    /* Always four draws, so that changing one rate leaves the other fates of a seed alone. */
    double loss = draw(), duplicate = draw(), reorder = draw(), jitter = draw();
    enum fate fate = settings.blackout ? FATE_BLACKED_OUT : loss < settings.loss ? FATE_LOST : FATE_SENT;
    counts->offered++;
    if (settings.trace)
        record(to, bytes, length, fate);
    if (fate != FATE_SENT) {
        if (fate == FATE_LOST)
            counts->lost++;
        else
            counts->blacked_out++;
        pthread_mutex_unlock(&mutex);
        return 0;
    }
    int copies = duplicate < settings.duplicate ? 2 : 1;
    counts->duplicated += (uint64_t)copies - 1;
    uint64_t wait = settings.delay_us + (uint64_t)(jitter * (double)settings.jitter_us) +
                    (reorder < settings.reorder ? settings.reorder_us : 0);
    if (wait > 0) {
        for (int i = 0; i < copies; i++)
            hold(fd, to, to_length, bytes, length, now_us() + wait);
        pthread_mutex_unlock(&mutex);
        return 0;
    }
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < copies; i++)
        if (real_sendto(fd, bytes, length, flags, to, to_length) < 0 && i == 0)
            return -1;
    return 0;
}

static size_t segment_size(const struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR((struct msghdr *)message, c))
        if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_SEGMENT) {
            uint16_t size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return size;
        }
    return 0;
}

static ssize_t impair_message(int fd, const struct msghdr *message, int flags) {
    uint8_t bytes[MAX_DATAGRAM];
    size_t length = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *part = &message->msg_iov[i];
        if (part->iov_len > sizeof bytes - length) {
            errno = EMSGSIZE;
            return -1;
        }
        memcpy(bytes + length, part->iov_base, part->iov_len);
        length += part->iov_len;
    }
    size_t segment = segment_size(message), offset = 0;
    do {
        size_t rest = length - offset, size = segment && segment < rest ? segment : rest;
        /* As with the kernel's GSO, what follows a refused segment is lost rather than sent twice by a retry. */
        if (impair(fd, message->msg_name, message->msg_namelen, bytes + offset, size, flags) < 0 && offset == 0)
            return -1;
        offset += size;
    } while (offset < length);
    return (ssize_t)length;
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length) {
    if (!is_impaired(fd))
        return real_sendto(fd, bytes, length, flags, to, to_length);
    return impair(fd, to, to ? to_length : 0, bytes, length, flags) < 0 ? -1 : (ssize_t)length;
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) { return sendto(fd, bytes, length, flags, NULL, 0); }

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return is_impaired(fd) ? impair_message(fd, message, flags) : real_sendmsg(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
    if (!is_impaired(fd))
        return real_sendmmsg(fd, messages, count, flags);
    for (unsigned int i = 0; i < count; i++) {
        ssize_t sent = impair_message(fd, &messages[i].msg_hdr, flags);
        if (sent < 0)
            return i > 0 ? (int)i : -1;
        messages[i].msg_len = (unsigned int)sent;
    }
    return (int)count;
}
