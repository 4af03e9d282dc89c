package url

import (
	"errors"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/sigil-server/sigil/appbase/modules/internal/urlpattern"
)

// patternInit is what a URLPattern is made of, or a URL that it is compared with, where it is given as an object.
type patternInit struct {
	urlpattern.Init
	base *string
}

// process completes an init by its base (URL Pattern standard 1.7). That of a pattern escapes what comes from the base; that of
// a URL gives every component its canonical form.
func (in patternInit) process(pattern bool) (out urlpattern.Init, err error) {
	var base *whatwg.Url
	if in.base != nil {
		if base, err = parseOne(*in.base, nil); err != nil {
			return out, errors.New("the base URL cannot be used: " + err.Error())
		}
		out = in.inherited(base, pattern)
	}
	for part, given := range in.Init {
		if given == nil {
			continue
		}
		text := stripped(urlpattern.Part(part), *given)
		if urlpattern.Part(part) == urlpattern.Pathname && base != nil && !base.OpaquePath() && !absolute(text, pattern) {
			path := quoted(base.Pathname(), pattern)
			text = path[:strings.LastIndex(path, "/")+1] + text
		}
		if !pattern {
			if text, err = canonical(urlpattern.Part(part), text, valueOf(out[urlpattern.Protocol])); err != nil {
				return out, err
			}
		}
		out[part] = &text
	}
	return out, nil
}

// inherited is what the base gives: its components up to the first that is there without it.
func (in patternInit) inherited(base *whatwg.Url, pattern bool) (out urlpattern.Init) {
	values := componentsOf(base)
	for _, part := range []urlpattern.Part{urlpattern.Protocol, urlpattern.Hostname, urlpattern.Port, urlpattern.Pathname, urlpattern.Search, urlpattern.Hash} {
		if in.Init[part] != nil {
			break
		}
		text := quoted(values[part], pattern)
		out[part] = &text
	}
	if pattern || in.Init[urlpattern.Protocol] != nil || in.Init[urlpattern.Hostname] != nil || in.Init[urlpattern.Port] != nil || in.Init[urlpattern.Username] != nil {
		return out
	}
	out[urlpattern.Username] = &values[urlpattern.Username]
	if in.Init[urlpattern.Password] == nil {
		out[urlpattern.Password] = &values[urlpattern.Password]
	}
	return out
}

func quoted(text string, pattern bool) string {
	if pattern {
		return urlpattern.Escape(text)
	}
	return text
}

// stripped is a component without the character that separates it from the others.
func stripped(p urlpattern.Part, text string) string {
	switch p {
	case urlpattern.Protocol:
		return strings.TrimSuffix(text, ":")
	case urlpattern.Search:
		return strings.TrimPrefix(text, "?")
	case urlpattern.Hash:
		return strings.TrimPrefix(text, "#")
	}
	return text
}

// absolute tells whether a path begins at the root.
func absolute(path string, pattern bool) bool {
	return strings.HasPrefix(path, "/") || pattern && (strings.HasPrefix(path, `\/`) || strings.HasPrefix(path, "{/"))
}

// componentsOf are the components of a URL as patterns are compared with them.
func componentsOf(u *whatwg.Url) [urlpattern.Parts]string {
	return [urlpattern.Parts]string{
		u.Scheme(), u.Username(), u.Password(), u.Hostname(), u.Port(), u.Pathname(), u.Query(), u.Fragment(),
	}
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// compilePattern compiles what an init gives for each component; what it leaves out matches anything. specialIn tells whether
// a compiled protocol matches a scheme whose URLs have an authority.
func compilePattern(in patternInit, specialIn func(urlpattern.Component) (bool, error)) (out [urlpattern.Parts]urlpattern.Component, err error) {
	init, err := in.process(true)
	if err != nil {
		return out, err
	}
	star := "*"
	for part := range init {
		if init[part] == nil {
			init[part] = &star
		}
	}
	if port, ok := defaultPorts[*init[urlpattern.Protocol]]; ok && *init[urlpattern.Port] == port {
		init[urlpattern.Port] = new(string)
	}
	isSpecial := false
	for i, text := range init {
		part := urlpattern.Part(i)
		encode, o := encoding(part, *text, isSpecial)
		if out[part], err = urlpattern.Compile(*text, encode, o); err != nil {
			return out, errors.New("the " + componentNames[part] + " of the pattern: " + err.Error())
		}
		if part == urlpattern.Protocol {
			if isSpecial, err = specialIn(out[part]); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// encoding is how the text in a component's pattern is encoded, and the component's syntax.
func encoding(p urlpattern.Part, pattern string, isSpecial bool) (func(string) (string, error), urlpattern.Options) {
	scheme, o := "other", urlpattern.Options{}
	if isSpecial {
		scheme = "https"
	}
	switch p {
	case urlpattern.Port:
		scheme = ""
	case urlpattern.Pathname:
		if isSpecial {
			o = urlpattern.Options{Delimiter: "/", Prefix: "/"}
		}
	case urlpattern.Hostname:
		o.Delimiter = "."
		if strings.HasPrefix(pattern, "[") || strings.HasPrefix(pattern, "{[") || strings.HasPrefix(pattern, `\[`) {
			return addressOf, o
		}
	}
	return func(text string) (string, error) { return canonical(p, text, scheme) }, o
}
