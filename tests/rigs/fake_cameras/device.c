/* The device node: who has it open, what it says it is, and its requests. */
#define _GNU_SOURCE
#include "camera.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_OPEN 32

static struct camera *open_cameras[MAX_OPEN];
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static struct camera *camera_of(int fd) {
    struct camera *found = NULL;
    pthread_mutex_lock(&open_lock);
    for (int i = 0; i < MAX_OPEN && !found; i++)
        if (open_cameras[i] && open_cameras[i]->fd == fd)
            found = open_cameras[i];
    pthread_mutex_unlock(&open_lock);
    return found;
}

bool camera_owns(int fd) {
    return camera_of(fd) != NULL;
}

int camera_open(int number) {
    long plugged = folder_plugged(number);
    if (!plugged)
        return fail(ENOENT);
    if (folder_has(number, "forbidden"))
        return fail(EACCES);
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC))
        return -1;
    struct camera *camera = calloc(1, sizeof *camera);
    *camera = (struct camera){.number = number, .plugged = plugged, .fd = ends[0], .bell = ends[1], .memory = -1};
    camera->format_count = folder_formats(number, camera->formats);
    pthread_mutex_init(&camera->lock, NULL);
    pthread_mutex_lock(&open_lock);
    int place = 0;
    while (place < MAX_OPEN && open_cameras[place])
        place++;
    if (place < MAX_OPEN)
        open_cameras[place] = camera;
    pthread_mutex_unlock(&open_lock);
    if (place == MAX_OPEN) {
        real_close(ends[0]);
        real_close(ends[1]);
        free(camera);
        return fail(EMFILE);
    }
    return camera->fd;
}

bool is_gone(const struct camera *camera) {
    return folder_plugged(camera->number) != camera->plugged;
}

bool is_taken(const struct camera *camera) {
    bool taken = folder_has(camera->number, "busy");
    pthread_mutex_lock(&open_lock);
    for (int i = 0; i < MAX_OPEN; i++) {
        const struct camera *other = open_cameras[i];
        taken |= other && other != camera && other->number == camera->number && other->buffer_count;
    }
    pthread_mutex_unlock(&open_lock);
    return taken;
}

static int query_capability(const struct camera *camera, struct v4l2_capability *answer) {
    bool metadata = folder_has(camera->number, "metadata");
    *answer = (struct v4l2_capability){.driver = "uvcvideo", .version = 0x060100};
    char name[64], bus[64];
    folder_line(camera->number, "sysfs/name", name, sizeof name);
    folder_line(camera->number, "bus", bus, sizeof bus);
    /* The kernel cuts both where the field ends, be it within a character. */
    memcpy(answer->card, name, strnlen(name, sizeof answer->card - 1));
    memcpy(answer->bus_info, bus, strnlen(bus, sizeof answer->bus_info - 1));
    answer->device_caps = V4L2_CAP_STREAMING | (metadata ? V4L2_CAP_META_CAPTURE : V4L2_CAP_VIDEO_CAPTURE);
    /* This one is for all nodes of the device together. */
    answer->capabilities
        = V4L2_CAP_STREAMING | V4L2_CAP_META_CAPTURE | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static uint32_t buffer_type(unsigned long request, const void *argument) {
    switch (request) {
    case VIDIOC_ENUM_FMT: return ((const struct v4l2_fmtdesc *)argument)->type;
    case VIDIOC_G_FMT:
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT: return ((const struct v4l2_format *)argument)->type;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: return ((const struct v4l2_streamparm *)argument)->type;
    default: return V4L2_BUF_TYPE_VIDEO_CAPTURE;
    }
}

int camera_ioctl(int fd, unsigned long request, void *argument) {
    /* The kernel takes the request as 32 bits. */
    request = (uint32_t)request;
    struct camera *camera = camera_of(fd);
    if (!camera || is_gone(camera))
        return fail(ENODEV);
    if (request == VIDIOC_QUERYCAP)
        return query_capability(camera, argument);
    if (folder_has(camera->number, "metadata") || !camera->format_count)
        return fail(ENOTTY);
    if (buffer_type(request, argument) != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return fail(EINVAL);
    struct v4l2_format *format = argument;
    struct v4l2_streamparm *parameters = argument;
    switch (request) {
    case VIDIOC_ENUM_FMT: return enumerate_formats(camera, argument);
    case VIDIOC_ENUM_FRAMESIZES: return enumerate_sizes(camera, argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return enumerate_intervals(camera, argument);
    case VIDIOC_G_FMT: describe(&camera->formats[camera->current], &format->fmt.pix); return 0;
    case VIDIOC_TRY_FMT: return set_format(camera, format, true);
    case VIDIOC_S_FMT: return set_format(camera, format, false);
    case VIDIOC_G_PARM: return set_rate(camera, &parameters->parm.capture, true);
    case VIDIOC_S_PARM: return set_rate(camera, &parameters->parm.capture, false);
    case VIDIOC_REQBUFS: return request_buffers(camera, argument);
    case VIDIOC_QUERYBUF: return query_buffer(camera, argument);
    case VIDIOC_QBUF: return queue_buffer(camera, argument);
    case VIDIOC_DQBUF: return dequeue_buffer(camera, argument);
    case VIDIOC_STREAMON: return stream_on(camera);
    case VIDIOC_STREAMOFF: stream_off(camera); return 0;
    default: return fail(ENOTTY);
    }
}

void *camera_map(int fd, void *address, size_t length, int protection, int flags, off_t offset) {
    struct camera *camera = camera_of(fd);
    if (!camera || !camera->buffer_count) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    return real_mmap(address, length, protection, flags, camera->memory, offset);
}

int camera_close(int fd) {
    struct camera *camera = camera_of(fd);
    if (!camera)
        return fail(EBADF);
    stream_off(camera);
    pthread_mutex_lock(&open_lock);
    for (int i = 0; i < MAX_OPEN; i++)
        if (open_cameras[i] == camera)
            open_cameras[i] = NULL;
    pthread_mutex_unlock(&open_lock);
    free_buffers(camera);
    if (camera->bell >= 0)
        real_close(camera->bell);
    int result = real_close(camera->fd);
    pthread_mutex_destroy(&camera->lock);
    free(camera);
    return result;
}
