/* What the folder says about the cameras. */
#define _GNU_SOURCE
#include "fake_cameras.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CAMERAS 64

bool folder_is_set(void) {
    return getenv("FAKE_CAMERAS") != NULL;
}

void folder_path(char path[MAX_PATH], int number, const char *name) {
    snprintf(path, MAX_PATH, "%s/video%d/%s", getenv("FAKE_CAMERAS"), number, name);
}

bool folder_has(int number, const char *name) {
    char path[MAX_PATH];
    folder_path(path, number, name);
    return access(path, F_OK) == 0;
}

void folder_mark(int number, const char *name, bool is_so) {
    char path[MAX_PATH];
    folder_path(path, number, name);
    if (!is_so) {
        unlink(path);
        return;
    }
    FILE *file = fopen(path, "w");
    if (file)
        fclose(file);
}

void folder_line(int number, const char *name, char *line, size_t size) {
    char path[MAX_PATH];
    folder_path(path, number, name);
    line[0] = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    if (!fgets(line, (int)size, file))
        line[0] = 0;
    fclose(file);
    line[strcspn(line, "\n")] = 0;
}

long folder_plugged(int number) {
    char line[32];
    folder_line(number, "plugged", line, sizeof line);
    return strtol(line, NULL, 10);
}

int folder_next_plugged(int number) {
    for (; number < MAX_CAMERAS; number++)
        if (folder_plugged(number))
            return number;
    return -1;
}

static bool read_format(const char *name, struct format *format) {
    char code[5];
    int end = 0;
    int read = sscanf(name, "%4[A-Z0-9]-%ux%u@%u%n", code, &format->width, &format->height, &format->fps, &end);
    if (read != 4 || name[end] || strlen(code) != 4 || strlen(name) >= sizeof format->folder)
        return false;
    memcpy(&format->fourcc, code, 4);
    strcpy(format->folder, name);
    return true;
}

size_t folder_formats(int number, struct format formats[MAX_FORMATS]) {
    char path[MAX_PATH];
    folder_path(path, number, "formats");
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        if (found < MAX_FORMATS && read_format(entries[i]->d_name, &formats[found]))
            found++;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

static bool load_frame(const char *path, struct frame *frame) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    frame->bytes = malloc(length > 0 ? (size_t)length : 1);
    frame->length = frame->bytes ? fread(frame->bytes, 1, (size_t)length, file) : 0;
    fclose(file);
    return frame->bytes != NULL;
}

struct frames *folder_load_frames(int number, const struct format *format) {
    char name[128], folder[MAX_PATH];
    snprintf(name, sizeof name, "formats/%s", format->folder);
    folder_path(folder, number, name);
    struct frames *frames = calloc(1, sizeof *frames);
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[MAX_PATH + 256];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && frames->count < MAX_FRAMES
            && load_frame(path, &frames->frame[frames->count])) {
            size_t length = frames->frame[frames->count++].length;
            frames->largest = length > frames->largest ? length : frames->largest;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return frames;
}

void folder_free_frames(struct frames *frames) {
    if (!frames)
        return;
    for (size_t i = 0; i < frames->count; i++)
        free(frames->frame[i].bytes);
    free(frames);
}
