/* What a camera offers, and what it is set to. */
#define _GNU_SOURCE
#include "camera.h"

#include <stdio.h>
#include <stdlib.h>

void describe(const struct format *format, struct v4l2_pix_format *to) {
    *to = (struct v4l2_pix_format){
        .width = format->width,
        .height = format->height,
        .pixelformat = format->fourcc,
        .field = V4L2_FIELD_NONE,
        .sizeimage = format->width * format->height * 2,
        .colorspace = V4L2_COLORSPACE_SRGB,
    };
    if (format->fourcc == V4L2_PIX_FMT_YUYV)
        to->bytesperline = format->width * 2;
    else if (format->fourcc != V4L2_PIX_FMT_MJPEG)
        to->bytesperline = format->width;
}

/* The format nearest to what is asked for, as drivers choose it. */
static size_t nearest_format(const struct camera *camera, const struct v4l2_pix_format *wanted) {
    size_t best = 0;
    long best_distance = -1;
    for (size_t i = 0; i < camera->format_count; i++) {
        const struct format *format = &camera->formats[i];
        long distance = labs((long)format->width - (long)wanted->width)
            + labs((long)format->height - (long)wanted->height)
            + (format->fourcc == wanted->pixelformat ? 0 : 1000000);
        if (best_distance < 0 || distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

int set_format(struct camera *camera, struct v4l2_format *format, bool only_try) {
    if (!only_try && (camera->buffer_count || is_taken(camera)))
        return fail(EBUSY);
    size_t nearest = nearest_format(camera, &format->fmt.pix);
    if (!only_try)
        camera->current = nearest;
    describe(&camera->formats[nearest], &format->fmt.pix);
    return 0;
}

static bool is_same_size(const struct format *a, const struct format *b) {
    return a->fourcc == b->fourcc && a->width == b->width && a->height == b->height;
}

int set_rate(struct camera *camera, struct v4l2_captureparm *parameters, bool only_get) {
    const struct v4l2_fract *interval = &parameters->timeperframe;
    long wanted = interval->numerator ? (long)(interval->denominator / interval->numerator) : 0;
    for (size_t i = 0; i < camera->format_count && !only_get; i++) {
        const struct format *format = &camera->formats[i], *current = &camera->formats[camera->current];
        if (is_same_size(format, current) && labs((long)format->fps - wanted) < labs((long)current->fps - wanted))
            camera->current = i;
    }
    *parameters = (struct v4l2_captureparm){
        .capability = V4L2_CAP_TIMEPERFRAME,
        .timeperframe = {.numerator = 1, .denominator = camera->formats[camera->current].fps},
    };
    return 0;
}

int enumerate_formats(const struct camera *camera, struct v4l2_fmtdesc *answer) {
    uint32_t nth = 0, last = 0;
    for (size_t i = 0; i < camera->format_count; i++) {
        uint32_t fourcc = camera->formats[i].fourcc;
        /* Folders are sorted by name, so the same codes lie together. */
        if (fourcc == last)
            continue;
        last = fourcc;
        if (nth++ == answer->index) {
            answer->pixelformat = fourcc;
            answer->flags = fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
            snprintf((char *)answer->description, sizeof answer->description, "%.4s", (const char *)&fourcc);
            return 0;
        }
    }
    return fail(EINVAL);
}

int enumerate_sizes(const struct camera *camera, struct v4l2_frmsizeenum *answer) {
    uint32_t nth = 0;
    for (size_t i = 0; i < camera->format_count; i++) {
        const struct format *format = &camera->formats[i];
        bool listed = i > 0 && is_same_size(format, &camera->formats[i - 1]);
        if (format->fourcc != answer->pixel_format || listed || nth++ != answer->index)
            continue;
        answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        answer->discrete.width = format->width;
        answer->discrete.height = format->height;
        return 0;
    }
    return fail(EINVAL);
}

int enumerate_intervals(const struct camera *camera, struct v4l2_frmivalenum *answer) {
    struct format size = {.fourcc = answer->pixel_format, .width = answer->width, .height = answer->height};
    uint32_t nth = 0;
    for (size_t i = 0; i < camera->format_count; i++) {
        const struct format *format = &camera->formats[i];
        if (!is_same_size(format, &size) || nth++ != answer->index)
            continue;
        answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        answer->discrete.numerator = 1;
        answer->discrete.denominator = format->fps;
        return 0;
    }
    return fail(EINVAL);
}

