package url

import (
	"errors"
	"fmt"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/sigil-server/sigil/appbase/modules/internal/urlpattern"
)

// What follows gives components of patterns the form that they have in URLs (URL Pattern standard 3.1). Each takes what was
// written, and nothing stays nothing.

var errComponent = errors.New("it cannot stand there in a URL")

// canonical gives a text the form that it has in a component; scheme is that of the URL, "" if it is not known.
func canonical(p urlpattern.Part, text, scheme string) (string, error) {
	if text == "" {
		return "", nil
	}
	encoded, err := "", errComponent
	if len(text) <= urlpattern.MaxBytes && !guarded(func() { encoded, err = encode(p, text, scheme) }) && err == nil {
		return encoded, nil
	}
	return "", fmt.Errorf("%.100q is no %s: %w", text, componentNames[p], errComponent)
}

var componentNames = [urlpattern.Parts]string{"protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"}

func encode(p urlpattern.Part, text, scheme string) (string, error) {
	switch p {
	case urlpattern.Protocol:
		u, err := parseOne(text+"://dummy.invalid", nil)
		if err != nil {
			return "", err
		}
		return u.Scheme(), nil
	case urlpattern.Username, urlpattern.Password:
		return parser.PercentEncodeString(text, whatwg.UserInfoPercentEncodeSet), nil
	case urlpattern.Hostname:
		return hostnameOf(text, scheme)
	case urlpattern.Port:
		return portOf(text, scheme)
	case urlpattern.Pathname:
		return pathOf(text, scheme)
	case urlpattern.Search:
		return within(text, "", whatwg.StateQuery, (*whatwg.Url).Query)
	}
	return within(text, "", whatwg.StateFragment, (*whatwg.Url).Fragment)
}

// within reads a text as one component of a URL of that scheme.
func within(text, scheme string, state whatwg.State, read func(*whatwg.Url) string) (string, error) {
	u := parser.NewUrl()
	if scheme != "" {
		var err error
		if u, err = parseOne(scheme+"://dummy.invalid", nil); err != nil {
			return "", err
		}
	}
	u, err := parser.BasicParser(text, nil, u, state)
	if err != nil || u == nil {
		return "", errComponent
	}
	return read(u), nil
}

// hostnameOf is a host: a domain where the scheme is one that has domains, or may be.
func hostnameOf(text, scheme string) (string, error) {
	if scheme == "" || special(scheme) {
		scheme = "https"
	}
	if len(text) > maxAuthorityBytes/4 || text[0] != '[' && strings.Contains(text, ":") {
		return "", errComponent
	}
	name, err := within(text, scheme, whatwg.StateHostname, (*whatwg.Url).Hostname)
	if name == "" {
		return "", errComponent
	}
	return name, err
}

// portOf is a port, and nothing if it is the scheme's own.
func portOf(text, scheme string) (string, error) {
	digits := strings.Trim(text, "\t\n\r")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return "", errComponent
	}
	if !special(scheme) {
		scheme = "other"
	}
	return within(text, scheme, whatwg.StatePort, (*whatwg.Url).Port)
}

// pathOf is a path. That of a scheme that has no authority is opaque.
func pathOf(text, scheme string) (string, error) {
	if tooLong(pathname, text) {
		return "", errComponent
	}
	if scheme != "" && !special(scheme) {
		return within(text, "", whatwg.StateOpaquePath, (*whatwg.Url).Pathname)
	}
	if text[0] == '/' {
		return within(text, "", whatwg.StatePathStart, (*whatwg.Url).Pathname)
	}
	path, err := within("/-"+text, "", whatwg.StatePathStart, (*whatwg.Url).Pathname)
	return strings.TrimPrefix(path, "/-"), err
}

// addressOf is the text of an IPv6 address, or a piece of it.
func addressOf(text string) (string, error) {
	for _, c := range text {
		if !strings.ContainsRune("[]:0123456789abcdefABCDEF", c) {
			return "", fmt.Errorf("%.100q is no IPv6 address", text)
		}
	}
	return strings.ToLower(text), nil
}
