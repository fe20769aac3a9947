#pragma once

#include <curl/curl.h>

// A macro, invisible to Swift: the facts of the library that this header knows of.
static inline curl_version_info_data *curl_own_facts(void) { return curl_version_info(CURLVERSION_NOW); }

// curl's setters and getters are variadic and its message result is a union: neither is visible to Swift.

static inline CURLcode curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_headers(CURL *handle, struct curl_slist *list) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
}

typedef size_t (*curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode curl_set_receivers(CURL *handle, curl_receive header, curl_receive body, void *context) {
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    return curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

typedef int (*curl_rewind)(void *context, curl_off_t offset, int origin);

// Makes the request send `length` bytes that `provide` gives; `seek` says whether they may be sent again.
static inline CURLcode curl_set_body(
    CURL *handle, curl_receive provide, curl_rewind seek, void *context, curl_off_t length) {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, provide);
    curl_easy_setopt(handle, CURLOPT_READDATA, context);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek);
    curl_easy_setopt(handle, CURLOPT_SEEKDATA, context);
    return curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, length);
}

// Hands over bytes, such as certificates, of which curl makes a copy.
static inline CURLcode curl_set_copied_bytes(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

// Hands over bytes, such as a private key, that stay where they are for as long as the handle is used.
static inline CURLcode curl_set_lent_bytes(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_NOCOPY};
    return curl_easy_setopt(handle, option, &blob);
}

static inline CURLcode curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode curl_get_context(CURL *handle, void **context) {
    return curl_easy_getinfo(handle, CURLINFO_PRIVATE, context);
}

static inline CURLMcode curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLcode curl_message_result(const CURLMsg *message) { return message->data.result; }

// Macros with casts, invisible to Swift.
static const long curl_http_version_2_over_tls = CURL_HTTP_VERSION_2TLS;
static const long curl_tls_version_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long curl_multiplex = CURLPIPE_MULTIPLEX;
static const size_t curl_write_pause = CURL_WRITEFUNC_PAUSE;
static const int curl_continue = CURLPAUSE_CONT;
static const int curl_seek_refused = CURL_SEEKFUNC_FAIL;
