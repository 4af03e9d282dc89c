package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// settleRange makes the Range of a request for a file of that size one that [http.ServeContent] answers as RFC 9110 (14.2)
// has it: by itself that also gives parts to a HEAD, refuses units it does not know, and sends the last 0 bytes as a part.
func settleRange(r *http.Request, size int64) {
	given := r.Header.Get("Range")
	if given == "" {
		return
	}
	unit, list, ok := strings.Cut(given, "=")
	if !ok || !strings.EqualFold(unit, "bytes") || r.Method != http.MethodGet || size == 0 {
		r.Header.Del("Range")
		return
	}
	parts := slices.DeleteFunc(strings.Split(list, ","), isLastNone)
	for i, part := range parts {
		parts[i] = endWithin(part, size)
	}
	if len(parts) == 0 {
		parts = []string{strconv.FormatInt(size, 10) + "-"} // which is not there either: 416
	}
	r.Header.Set("Range", "bytes="+strings.Join(parts, ","))
}

// endWithin is a part with the size for an end beyond all numbers: that is the end of the file (RFC 9110, 14.1.2).
func endWithin(part string, size int64) string {
	from, to, ok := strings.Cut(part, "-")
	if to = strings.TrimSpace(to); !ok || len(to) < 19 || strings.Trim(to, "0123456789") != "" {
		return part
	}
	return from + "-" + strconv.FormatInt(size, 10)
}

// isLastNone reports whether a part is "-0".
func isLastNone(part string) bool {
	digits, ok := strings.CutPrefix(strings.TrimSpace(part), "-")
	return ok && digits != "" && strings.Trim(digits, "0") == ""
}
