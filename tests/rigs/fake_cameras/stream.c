/* A camera's buffers, and the thread that fills them. */
#define _GNU_SOURCE
#include "camera.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

void free_buffers(struct camera *camera) {
    if (!camera->buffer_count)
        return;
    munmap(camera->buffers, camera->buffer_size * camera->buffer_count);
    real_close(camera->memory);
    folder_free_frames(camera->frames);
    camera->frames = NULL;
    camera->buffer_count = 0;
}

int request_buffers(struct camera *camera, struct v4l2_requestbuffers *request) {
    if (request->memory != V4L2_MEMORY_MMAP)
        return fail(EINVAL);
    if (camera->is_streaming || is_taken(camera))
        return fail(EBUSY);
    free_buffers(camera);
    request->count = request->count > MAX_BUFFERS ? MAX_BUFFERS : request->count;
    request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    if (!request->count)
        return 0;
    const struct format *format = &camera->formats[camera->current];
    camera->frames = folder_load_frames(camera->number, format);
    size_t size = (size_t)format->width * format->height * 2;
    size = camera->frames->largest > size ? camera->frames->largest : size;
    camera->buffer_size = (size + PAGE - 1) / PAGE * PAGE;
    size_t length = camera->buffer_size * request->count;
    camera->memory = memfd_create("fake camera", MFD_CLOEXEC);
    if (camera->memory < 0 || ftruncate(camera->memory, (off_t)length))
        return -1;
    camera->buffers = real_mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, camera->memory, 0);
    if (camera->buffers == MAP_FAILED)
        return -1;
    camera->buffer_count = request->count;
    return 0;
}

int query_buffer(const struct camera *camera, struct v4l2_buffer *buffer) {
    if (buffer->index >= camera->buffer_count)
        return fail(EINVAL);
    buffer->length = (uint32_t)camera->buffer_size;
    buffer->m.offset = (uint32_t)(buffer->index * camera->buffer_size);
    return 0;
}

int queue_buffer(struct camera *camera, const struct v4l2_buffer *buffer) {
    pthread_mutex_lock(&camera->lock);
    bool valid = buffer->index < camera->buffer_count;
    /* A buffer that the camera has already can't be given to it again. */
    for (size_t i = 0; i < camera->queued_count; i++)
        valid &= camera->queued[i] != buffer->index;
    for (size_t i = 0; i < camera->filled_count; i++)
        valid &= camera->filled[i].index != buffer->index;
    if (valid)
        camera->queued[camera->queued_count++] = buffer->index;
    pthread_mutex_unlock(&camera->lock);
    return valid ? 0 : fail(EINVAL);
}

int dequeue_buffer(struct camera *camera, struct v4l2_buffer *buffer) {
    char bell;
    if (!camera->is_streaming)
        return fail(EINVAL);
    pthread_mutex_lock(&camera->lock);
    bool any = camera->filled_count > 0 && read(camera->fd, &bell, 1) == 1;
    if (any) {
        const struct filled *filled = &camera->filled[0];
        buffer->index = filled->index;
        buffer->bytesused = filled->length;
        buffer->sequence = filled->sequence;
        buffer->timestamp.tv_sec = filled->taken.tv_sec;
        buffer->timestamp.tv_usec = filled->taken.tv_nsec / 1000;
        buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_DONE;
        buffer->field = V4L2_FIELD_NONE;
        camera->filled_count--;
        memmove(camera->filled, camera->filled + 1, camera->filled_count * sizeof *camera->filled);
    }
    pthread_mutex_unlock(&camera->lock);
    return any ? query_buffer(camera, buffer) : fail(EAGAIN);
}

static void fill_one(struct camera *camera) {
    if (camera->queued_count && camera->frames->count) {
        uint32_t index = camera->queued[0];
        camera->queued_count--;
        memmove(camera->queued, camera->queued + 1, camera->queued_count * sizeof *camera->queued);
        const struct frame *frame = &camera->frames->frame[camera->sequence % camera->frames->count];
        memcpy(camera->buffers + index * camera->buffer_size, frame->bytes, frame->length);
        struct filled *filled = &camera->filled[camera->filled_count++];
        *filled = (struct filled){.index = index, .length = (uint32_t)frame->length, .sequence = camera->sequence};
        clock_gettime(CLOCK_MONOTONIC, &filled->taken);
        if (write(camera->bell, "", 1) != 1)
            abort();
    }
    /* With no buffer to fill the picture is lost, and counted. */
    camera->sequence++;
}

static void *film(void *argument) {
    struct camera *camera = argument;
    long period_ns = 1000000000L / camera->formats[camera->current].fps;
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (;;) {
        due.tv_nsec += period_ns;
        due.tv_sec += due.tv_nsec / 1000000000L;
        due.tv_nsec %= 1000000000L;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        bool gone = is_gone(camera), stalled = folder_has(camera->number, "stalled");
        pthread_mutex_lock(&camera->lock);
        bool stop = !camera->is_streaming || gone;
        if (gone) {
            real_close(camera->bell);
            camera->bell = -1;
        } else if (camera->is_streaming && !stalled) {
            fill_one(camera);
        }
        pthread_mutex_unlock(&camera->lock);
        if (stop)
            return NULL;
    }
}

int stream_on(struct camera *camera) {
    if (!camera->buffer_count)
        return fail(EINVAL);
    if (camera->is_streaming)
        return 0;
    if (camera->formats[camera->current].fourcc != V4L2_PIX_FMT_MJPEG && folder_has(camera->number, "crowded"))
        return fail(ENOSPC);
    camera->is_streaming = true;
    if (pthread_create(&camera->thread, NULL, film, camera)) {
        camera->is_streaming = false;
        return fail(EIO);
    }
    folder_mark(camera->number, "streaming", true);
    return 0;
}

void stream_off(struct camera *camera) {
    pthread_mutex_lock(&camera->lock);
    bool was_streaming = camera->is_streaming;
    camera->is_streaming = false;
    pthread_mutex_unlock(&camera->lock);
    if (was_streaming) {
        pthread_join(camera->thread, NULL);
        folder_mark(camera->number, "streaming", false);
    }
    char bell;
    while (read(camera->fd, &bell, 1) == 1)
        ;
    camera->queued_count = camera->filled_count = 0;
}

