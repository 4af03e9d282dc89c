package server

import (
	"net/http"
	"strings"
)

// unchanged reports whether a request asks only for what has changed, and this 200 has not (RFC 9110 13.2.2).
func unchanged(r *http.Request, header http.Header) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if given := r.Header.Values("If-None-Match"); len(given) > 0 {
		tag := header.Get("ETag")
		return tag != "" && tagListed(strings.Join(given, ","), tag)
	}
	asked := r.Header.Get("If-Modified-Since")
	if asked == "" {
		return false
	}
	since, err := http.ParseTime(asked)
	if err != nil {
		return false
	}
	modified, err := http.ParseTime(header.Get("Last-Modified"))
	return err == nil && !modified.After(since)
}

// tagListed compares weakly with each entity tag of a list, or "*" (RFC 9110 8.8.3.2). What is no list matches as far as
// it is one.
func tagListed(list, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for {
		list = strings.TrimLeft(list, " \t,")
		if list == "*" {
			return true
		}
		one, rest, ok := cutTag(list)
		if !ok {
			return false
		}
		if one == tag {
			return true
		}
		list = rest
	}
}

// cutTag takes one entity tag off the front, without its mark of weakness.
func cutTag(list string) (tag, rest string, ok bool) {
	list = strings.TrimPrefix(list, "W/")
	if !strings.HasPrefix(list, `"`) {
		return "", "", false
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", "", false
	}
	return list[:end+2], list[end+2:], true
}

// weakenLike makes the tag of a 304 weak where the client has it so: it is that of the answer it has kept.
func weakenLike(header http.Header, given string) {
	if tag := header.Get("ETag"); strings.HasPrefix(tag, `"`) && strings.Contains(given, "W/"+tag) {
		header.Set("ETag", "W/"+tag)
	}
}
