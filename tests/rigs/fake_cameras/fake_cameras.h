/* Cameras that are not there, for one process: loaded with LD_PRELOAD, this stands between the process and
 * /dev/videoN, and behaves as the kernel does there with a USB camera (linux/videodev2.h).
 *
 * FAKE_CAMERAS names a folder; every /dev/videoN is what the folder says, also where the machine has cameras:
 *   videoN/plugged      there while the camera is plugged in; counts how often it has been
 *   videoN/sysfs/PATH   what is read at /sys/class/video4linux/videoN/PATH
 *   videoN/bus          what it says it is plugged into
 *   videoN/formats/FOURCC-WIDTHxHEIGHT@FPS/...
 *                       the pictures in that format, a file each, shown in the order of their names, over and over
 *   videoN/metadata     there if the node delivers metadata and no pictures
 * and, at any moment:
 *   videoN/stalled      while there, no picture comes
 *   videoN/busy         while there, another program streams from it
 *   videoN/forbidden    while there, it can't be opened
 *   videoN/crowded      while there, its USB has room for compressed pictures only
 * and it writes:
 *   videoN/streaming    there while the process streams from it
 *
 * interpose.c holds the functions of the C library that are taken over, device.c the device node, formats.c and
 * stream.c what an open camera does, folder.c what is read from the folder. */
#ifndef FAKE_CAMERAS_H
#define FAKE_CAMERAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Nothing but the C library's functions is visible to the program. */
#pragma GCC visibility push(hidden)

#define MAX_PATH 512
#define MAX_FORMATS 64
#define MAX_FRAMES 256

struct format {
    uint32_t fourcc, width, height, fps;
    char folder[64];
};

struct frame {
    unsigned char *bytes;
    size_t length;
};

struct frames {
    struct frame frame[MAX_FRAMES];
    size_t count;
    size_t largest;
};

/* folder.c */

/* Whether this process has fake cameras at all. */
bool folder_is_set(void);
/* The path of something of a camera's. */
void folder_path(char path[MAX_PATH], int number, const char *name);
bool folder_has(int number, const char *name);
/* Has something be there, or not. */
void folder_mark(int number, const char *name, bool is_so);
/* How often the camera was plugged in; 0 while it isn't. */
long folder_plugged(int number);
/* The next plugged camera from this number on; -1 after the last. */
int folder_next_plugged(int number);
void folder_line(int number, const char *name, char *line, size_t size);
size_t folder_formats(int number, struct format formats[MAX_FORMATS]);
struct frames *folder_load_frames(int number, const struct format *format);
void folder_free_frames(struct frames *frames);

/* device.c: all return -1 and set errno, as the functions they stand for. */

int camera_open(int number);
bool camera_owns(int fd);
int camera_ioctl(int fd, unsigned long request, void *argument);
void *camera_map(int fd, void *address, size_t length, int protection, int flags, off_t offset);
int camera_close(int fd);

/* interpose.c: the C library's own. */

int real_close(int fd);
void *real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);

#pragma GCC visibility pop

#endif
