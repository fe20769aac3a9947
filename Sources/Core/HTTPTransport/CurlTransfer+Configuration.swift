import CCurl
import NilusCore

extension CurlTransfer {
    /// Puts the request into an easy handle.
    ///
    /// - Throws: `HTTPFailure.Kind.unusable` when a header line cannot be sent.
    func configure(_ handle: UnsafeMutableRawPointer, _ configuration: HTTPConfiguration) throws(HTTPFailure) {
        curl_set_text(handle, CURLOPT_URL, request.url)
        // What was signed is what is sent: no dot segment of a path is resolved.
        curl_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_set_text(handle, CURLOPT_USERAGENT, configuration.userAgent)
        if request.acceptsCompression, idleTimeout == nil { curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip") }
        curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, HTTPLimits.connectSeconds)
        if idleTimeout == nil {
            curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(clamping: request.timeout.milliseconds))
        }
        curl_set_long(handle, CURLOPT_BUFFERSIZE, HTTPLimits.receiveBufferBytes)
        curl_set_long(handle, CURLOPT_HTTP_VERSION, curl_http_version_2_over_tls)
        curl_set_long(handle, CURLOPT_PIPEWAIT, 1)
        curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        configureTrust(handle, configuration)
        configureIdentity(handle, configuration.identity)
        configureReceivers(handle)
        configureMethod(handle)
        try setHeaderLines(on: handle)
    }

    private func configureTrust(_ handle: UnsafeMutableRawPointer, _ configuration: HTTPConfiguration) {
        curl_set_long(handle, CURLOPT_SSLVERSION, curl_tls_version_1_2)
        curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        guard configuration.hasOwnTrust else { return }
        // Debian's curl trusts a file and a directory by itself; what is not named here is trusted no more.
        curl_set_text(handle, CURLOPT_CAINFO, configuration.certificateFile)
        curl_set_text(handle, CURLOPT_CAPATH, configuration.certificateDirectory)
        if let certificates = configuration.certificates {
            certificates.withUnsafeBytes {
                _ = curl_set_copied_bytes(handle, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
            }
        }
    }

    private func configureIdentity(_ handle: UnsafeMutableRawPointer, _ identity: HTTPClientIdentity?) {
        switch identity {
        case nil: break
        case .files(let certificate, let key):
            curl_set_text(handle, CURLOPT_SSLCERT, certificate)
            curl_set_text(handle, CURLOPT_SSLKEY, key)
        case .memory(let certificate, let key):
            certificate.withUnsafeBytes {
                _ = curl_set_copied_bytes(handle, CURLOPT_SSLCERT_BLOB, $0.baseAddress, $0.count)
            }
            // The configuration owns the key for as long as the thread lives, so curl needs no copy of it.
            key.expose().withBytes { _ = curl_set_lent_bytes(handle, CURLOPT_SSLKEY_BLOB, $0.baseAddress, $0.count) }
        }
    }

    private func configureReceivers(_ handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_set_pointer(handle, CURLOPT_PRIVATE, context)
        curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress)
        curl_set_receivers(
            handle,
            { bytes, size, count, context in CurlTransfer.from(context)?.receiveHeader(bytes, size * count) ?? 0 },
            { bytes, size, count, context in CurlTransfer.from(context)?.receiveBody(bytes, size * count) ?? 0 },
            context)
    }

    private func configureMethod(_ handle: UnsafeMutableRawPointer) {
        if request.body != nil || request.method.alwaysSendsBody {
            curl_set_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, HTTPLimits.sendBufferBytes)
            curl_set_body(
                handle,
                { bytes, size, count, context in CurlTransfer.from(context)?.provideBody(bytes, size * count) ?? 0 },
                // When a kept connection ends before the answer, curl would send the body again by itself, though
                // the server may have acted on it: only the asker knows whether that does harm.
                { _, _, _ in curl_seek_refused },
                Unmanaged.passUnretained(self).toOpaque(), request.body?.count ?? 0)
        } else if request.method == .head {
            curl_set_long(handle, CURLOPT_NOBODY, 1)
        }
        curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
}
