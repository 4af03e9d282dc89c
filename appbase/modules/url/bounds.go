package url

import (
	"fmt"
	"strings"
)

// The parser is native code, which nothing interrupts, and takes quadratic time for the authority and for the number of
// segments in a path. What follows keeps one call far below the time that a handler may take.
const (
	maxURLBytes       = 1 << 18
	maxPathBytes      = 1 << 17 // while it has more than a few segments
	maxSegments       = 1 << 10
	maxAuthorityBytes = 1 << 11
	maxQueryBytes     = 1 << 24 // of a list that belongs to no URL
	maxParams         = 100_000
)

var errLong = fmt.Errorf("it is too long (at most %d bytes, %d of them before the path, and %d path segments)",
	maxURLBytes, maxAuthorityBytes, maxSegments)

// checkSize refuses what the parser would take too long for.
func checkSize(input string) error {
	if len(input) > maxURLBytes {
		return errLong
	}
	if len(input) <= maxSegments {
		return nil
	}
	head, _ := cutAny(input, "?#")
	if err := checkPath(head); err != nil {
		return err
	}
	if len(authority(head)) > maxAuthorityBytes {
		return errLong
	}
	return nil
}

func checkPath(path string) error {
	segments := strings.Count(path, "/") + strings.Count(path, `\`)
	if segments > maxSegments || segments > 16 && len(path) > maxPathBytes {
		return errLong
	}
	return nil
}

// authority is the part of a URL without query that the parser may take for user, host and port.
func authority(head string) string {
	head = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(head)
	head = strings.TrimLeftFunc(head, func(r rune) bool { return r <= ' ' })
	scheme, rest, found := strings.Cut(head, ":")
	if !found || strings.ContainsAny(scheme, `/\`) {
		scheme, rest = "", head
	}
	if hasAuthority := special(scheme) || strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`); !hasAuthority {
		return ""
	}
	rest, _ = cutAny(strings.TrimLeft(rest, `/\`), `/\`)
	return rest
}

func special(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp", "file":
		return true
	}
	return false
}

func cutAny(s, chars string) (before string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], true
	}
	return s, false
}

// tooLong tells whether a component cannot be set to value because of its size.
func tooLong(p part, value string) bool {
	switch p {
	case pathname:
		return len(value) > maxURLBytes || checkPath(value) != nil
	case search, hash:
		return len(value) > maxURLBytes
	}
	return len(value) > maxAuthorityBytes/4
}
