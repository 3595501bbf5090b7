/* The functions of the C library by which a program reaches a camera. */
#define _GNU_SOURCE
#include "fake_cameras.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

/* Looks the real function up once; the lookup gives the same from every thread. */
#define REAL(result, name, parameters)                                                                                 \
    static result(*real) parameters;                                                                                   \
    if (!real)                                                                                                         \
        real = (result(*) parameters)dlsym(RTLD_NEXT, name)

int real_close(int fd) {
    REAL(int, "close", (int));
    return real(fd);
}

void *real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    REAL(void *, "mmap", (void *, size_t, int, int, int, off_t));
    return real(address, length, protection, flags, fd, offset);
}

static int real_open(const char *path, int flags, mode_t mode) {
    REAL(int, "open64", (const char *, int, ...));
    return real(path, flags, mode);
}

/* N of /dev/videoN, or -1. */
static int device_number(const char *path) {
    int number = -1, end = 0;
    if (!path || !folder_is_set() || sscanf(path, "/dev/video%d%n", &number, &end) != 1 || path[end])
        return -1;
    return number;
}

static int open_path(const char *path, int flags, mode_t mode) {
    int number = device_number(path), end = 0;
    if (number >= 0)
        return camera_open(number);
    char moved[MAX_PATH], name[MAX_PATH / 2];
    if (path && folder_is_set() && sscanf(path, "/sys/class/video4linux/video%d/%n", &number, &end) == 1 && end) {
        snprintf(name, sizeof name, "sysfs/%s", path + end);
        folder_path(moved, number, folder_plugged(number) ? name : "unplugged");
        path = moved;
    }
    return real_open(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_path(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_path(path, flags | O_LARGEFILE, mode);
}

/* Some programs look at what they were listed before they open it. */
int stat64(const char *path, struct stat64 *answer) {
    int number = device_number(path);
    if (number < 0) {
        REAL(int, "stat64", (const char *, struct stat64 *));
        return real(path, answer);
    }
    if (!folder_plugged(number)) {
        errno = ENOENT;
        return -1;
    }
    *answer = (struct stat64){.st_mode = S_IFCHR | 0660, .st_nlink = 1, .st_rdev = makedev(81, (unsigned)number)};
    return 0;
}

int close(int fd) {
    return camera_owns(fd) ? camera_close(fd) : real_close(fd);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (camera_owns(fd))
        return camera_ioctl(fd, request, argument);
    REAL(int, "ioctl", (int, unsigned long, ...));
    return real(fd, request, argument);
}

/* Some programs make the request themselves. */
long syscall(long number, ...) {
    va_list rest;
    va_start(rest, number);
    long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
    long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_ioctl && camera_owns((int)a))
        return camera_ioctl((int)a, (unsigned long)b, (void *)c);
    REAL(long, "syscall", (long, ...));
    return real(number, a, b, c, d, e, f);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (fd >= 0 && camera_owns(fd))
        return camera_map(fd, address, length, protection, flags, offset);
    return real_mmap(address, length, protection, flags, fd, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}

/* Listings of /dev: the machine's own cameras are left out, the folder's follow the rest. */

#define MAX_LISTINGS 16

static struct listing {
    DIR *directory;
    int next;
    struct dirent64 entry;
} listings[MAX_LISTINGS];
static pthread_mutex_t listings_lock = PTHREAD_MUTEX_INITIALIZER;

static struct listing *listing_of(DIR *directory) {
    for (int i = 0; i < MAX_LISTINGS; i++)
        if (listings[i].directory == directory)
            return &listings[i];
    return NULL;
}

DIR *opendir(const char *path) {
    REAL(DIR *, "opendir", (const char *));
    DIR *directory = real(path);
    if (directory && folder_is_set() && !strcmp(path, "/dev")) {
        pthread_mutex_lock(&listings_lock);
        struct listing *listing = listing_of(NULL);
        if (listing)
            *listing = (struct listing){.directory = directory};
        pthread_mutex_unlock(&listings_lock);
    }
    return directory;
}

int closedir(DIR *directory) {
    pthread_mutex_lock(&listings_lock);
    struct listing *listing = listing_of(directory);
    if (listing)
        listing->directory = NULL;
    pthread_mutex_unlock(&listings_lock);
    REAL(int, "closedir", (DIR *));
    return real(directory);
}

struct dirent64 *readdir64(DIR *directory) {
    REAL(struct dirent64 *, "readdir64", (DIR *));
    pthread_mutex_lock(&listings_lock);
    struct listing *listing = listing_of(directory);
    pthread_mutex_unlock(&listings_lock);
    struct dirent64 *entry = real(directory);
    if (!listing)
        return entry;
    while (entry && !strncmp(entry->d_name, "video", 5))
        entry = real(directory);
    if (entry)
        return entry;
    int number = folder_next_plugged(listing->next);
    if (number < 0)
        return NULL;
    listing->next = number + 1;
    listing->entry = (struct dirent64){.d_ino = (ino64_t)(1000 + number), .d_type = DT_CHR};
    listing->entry.d_reclen = sizeof listing->entry;
    snprintf(listing->entry.d_name, sizeof listing->entry.d_name, "video%d", number);
    return &listing->entry;
}
