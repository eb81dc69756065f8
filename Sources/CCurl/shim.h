// libcurl's variadic calls, one wrapper for each kind of argument: Swift cannot call them.
#ifndef MUSTER_CCURL_SHIM_H
#define MUSTER_CCURL_SHIM_H

#include <curl/curl.h>

// CURLOPT_QUICK_EXIT came with 7.87.0; without it a stalled resolver stops every transfer.
#if LIBCURL_VERSION_NUM < 0x075700
#error "Muster needs libcurl 7.87 or newer, as in Debian 12 or Ubuntu 24.04"
#endif

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_writer(
    CURL *easy, CURLoption option, size_t (*write)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, option, write);
}

static inline CURLcode ccurl_set_progress(
    CURL *easy,
    int (*report)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, report);
}

static inline CURLcode ccurl_set_debug(
    CURL *easy, int (*report)(CURL *, curl_infotype, char *, size_t, void *)) {
    return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, report);
}

static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result of a finished transfer; the message's union is awkward to read from Swift.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
