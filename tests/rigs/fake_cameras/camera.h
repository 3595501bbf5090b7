/* An open camera, between the files that implement it. */
#ifndef CAMERA_H
#define CAMERA_H

#include "fake_cameras.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <time.h>

#pragma GCC visibility push(hidden)

#define MAX_BUFFERS 8

/* A filled buffer that the program hasn't taken yet. */
struct filled {
    uint32_t index, length, sequence;
    struct timespec taken;
};

struct camera {
    int number;
    /* What folder_plugged said when it was opened: another value means that this one is gone. */
    long plugged;
    /* The program's file descriptor, a pipe's end: a byte in it for each filled buffer, and hung up when unplugged. */
    int fd;
    int bell;
    struct format formats[MAX_FORMATS];
    size_t format_count, current;

    struct frames *frames;
    int memory;
    unsigned char *buffers;
    size_t buffer_size;
    uint32_t buffer_count;

    pthread_mutex_t lock;
    bool is_streaming;
    pthread_t thread;
    uint32_t queued[MAX_BUFFERS];
    size_t queued_count;
    struct filled filled[MAX_BUFFERS];
    size_t filled_count;
    uint32_t sequence;
};

static inline int fail(int error) {
    errno = error;
    return -1;
}

/* device.c */

/* Whether it was pulled out since it was opened. */
bool is_gone(const struct camera *camera);
/* Whether another program streams from it, or this one by another file descriptor. */
bool is_taken(const struct camera *camera);

/* formats.c */

void describe(const struct format *format, struct v4l2_pix_format *to);
int set_format(struct camera *camera, struct v4l2_format *format, bool only_try);
int set_rate(struct camera *camera, struct v4l2_captureparm *parameters, bool only_get);
int enumerate_formats(const struct camera *camera, struct v4l2_fmtdesc *answer);
int enumerate_sizes(const struct camera *camera, struct v4l2_frmsizeenum *answer);
int enumerate_intervals(const struct camera *camera, struct v4l2_frmivalenum *answer);

/* stream.c */

int request_buffers(struct camera *camera, struct v4l2_requestbuffers *request);
void free_buffers(struct camera *camera);
int query_buffer(const struct camera *camera, struct v4l2_buffer *buffer);
int queue_buffer(struct camera *camera, const struct v4l2_buffer *buffer);
int dequeue_buffer(struct camera *camera, struct v4l2_buffer *buffer);
int stream_on(struct camera *camera);
void stream_off(struct camera *camera);

#pragma GCC visibility pop

#endif
