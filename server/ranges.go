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
	if len(parts) == 0 {
		parts = []string{strconv.FormatInt(size, 10) + "-"} // which is not there either: 416
	}
	r.Header.Set("Range", "bytes="+strings.Join(parts, ","))
}

// isLastNone reports whether a part is "-0".
func isLastNone(part string) bool {
	digits, ok := strings.CutPrefix(strings.TrimSpace(part), "-")
	return ok && digits != "" && strings.Trim(digits, "0") == ""
}
