package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// answerWriter stands between everything that answers and net/http. It turns an answer that the client has already into a
// 304 (RFC 9110 13.1), and compresses what is worth it and may be (8.4). Nobody who answers has to know.
type answerWriter struct {
	http.ResponseWriter
	request *http.Request
	codings *codings // nil: nothing is compressed
	encoder encoder  // of an answer that is compressed
	coding  string   // which one
	decided bool
	status  int  // what the client is told
	empty   bool // a body is not sent
}

// WriteHeader decides what becomes of the answer. Informational answers pass.
func (a *answerWriter) WriteHeader(status int) {
	if !a.decided && status >= 200 {
		a.decided = true
		status = a.decide(status)
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answerWriter) decide(status int) int {
	header := a.Header()
	switch {
	case status == http.StatusNotModified:
		weakenLike(header, a.request.Header.Get("If-None-Match"))
		a.empty = true
	case status == http.StatusOK && unchanged(a.request, header):
		a.negotiate(status) // for the sake of Vary
		weakenLike(header, a.request.Header.Get("If-None-Match"))
		for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
			header.Del(name)
		}
		a.empty = true
		return http.StatusNotModified
	default:
		if coding := a.negotiate(status); coding != "" {
			a.compress(coding)
		}
	}
	return status
}

// compress changes the header to what a coded answer has. Its bytes are others, so its tag is a weak one and ranges of it
// are not to be had.
func (a *answerWriter) compress(coding string) {
	header := a.Header()
	header.Set("Content-Encoding", coding)
	header.Del("Content-Length")
	header.Del("Accept-Ranges")
	if tag := header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		header.Set("ETag", "W/"+tag)
	}
	if a.request.Method != http.MethodHead {
		a.coding, a.encoder = coding, a.codings.take(coding, a.ResponseWriter)
	}
}

// Write writes a piece of the body.
func (a *answerWriter) Write(p []byte) (int, error) {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.empty:
		return 0, http.ErrBodyNotAllowed
	case a.encoder != nil:
		return a.encoder.Write(p)
	}
	return a.ResponseWriter.Write(p)
}

// FlushError sends what was written so far.
func (a *answerWriter) FlushError() error {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	if a.encoder != nil {
		if err := a.encoder.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// finish writes the end of a compressed answer.
func (a *answerWriter) finish() {
	if a.encoder != nil {
		_ = a.encoder.Close() // whoever went away needs no end
		a.codings.put(a.coding, a.encoder)
		a.encoder = nil
	}
}

// Unwrap is for [http.ResponseController].
func (a *answerWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// negotiate is the coding to answer in; "" is none. It names the header that the choice depends on.
func (a *answerWriter) negotiate(status int) string {
	header := a.Header()
	if a.codings == nil || !mayCompress(status, header) {
		return ""
	}
	coding, forced := preferredCoding(a.request.Header["Accept-Encoding"], "zstd", "gzip")
	if !forced && !worthCompressing(header) {
		return ""
	}
	if !varies(header, "Accept-Encoding") {
		header.Add("Vary", "Accept-Encoding")
	}
	return coding
}

// mayCompress reports whether the bytes of an answer are the server's to change. They are not where the app has coded
// them, said no-transform, or named a digest of them; not of a part; and an event stream is nobody's to buffer.
func mayCompress(status int, header http.Header) bool {
	switch status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	if header.Get("Content-Encoding") != "" || header.Get("Content-Range") != "" || header.Get("Content-Digest") != "" {
		return false
	}
	return !strings.HasPrefix(header.Get("Content-Type"), typeEvents) && !contains(header["Cache-Control"], "no-transform")
}

// minCompressBytes is the least that is compressed: less fits into one packet as it is.
const minCompressBytes = 1 << 10

// worthCompressing reports whether an answer becomes smaller. One of unknown length is taken for long.
func worthCompressing(header http.Header) bool {
	if n, err := strconv.Atoi(header.Get("Content-Length")); err == nil && n < minCompressBytes {
		return false
	}
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") || slices.Contains(compressible, kind)
}

// compressible are media types beside texts whose bytes are not compressed already.
var compressible = []string{
	"application/json", "application/javascript", "application/xml", "application/yaml", "application/wasm", "application/x-ndjson",
	"application/graphql", "application/x-www-form-urlencoded", "font/ttf", "font/otf", "image/bmp", "image/vnd.microsoft.icon", "image/x-icon",
}

// varies reports whether Vary names a header.
func varies(header http.Header, name string) bool {
	return contains(header["Vary"], strings.ToLower(name)) || contains(header["Vary"], "*")
}

// contains looks for an element in comma-separated values, without regard to case.
func contains(values []string, element string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), element) {
				return true
			}
		}
	}
	return false
}
