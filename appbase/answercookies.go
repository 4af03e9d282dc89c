package appbase

import (
	"net/http"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// cookieHost are the prelude's functions for cookies.
func (in *instance) cookieHost() map[string]any {
	return map[string]any{
		"cookieText": func(name, value, options goja.Value) string { return in.setCookieText(name, value, options, false) },
		"setCookie":  in.onRequest((*incoming).setCookie),
		"signed":     in.signedCookie,
	}
}

// setCookie(raw, name, value, options) has a cookie go out with the answer.
func (raw *incoming) setCookie(call goja.FunctionCall) goja.Value {
	in := raw.in
	secure := strings.HasPrefix(raw.req.URL, "https:")
	text := in.setCookieText(call.Argument(1), call.Argument(2), call.Argument(3), secure)
	switch {
	case raw.answered:
		panic(in.vm.NewTypeError("the cookie %s cannot be set: the answer has gone out already", quote(call.Argument(1).String())))
	case len(raw.cookies) >= maxAnswersCookies:
		panic(in.vm.NewTypeError("an answer sets at most %d cookies", maxAnswersCookies))
	}
	raw.cookies = append(raw.cookies, text)
	return goja.Undefined()
}

// addCookies adds what the script has set to the header of its answer. Later ones are refused.
func (r *Request) addCookies(header func() http.Header) {
	raw := r.script
	if raw == nil {
		return
	}
	raw.answered = true
	for _, text := range raw.cookies {
		header().Add("Set-Cookie", text)
	}
}

// signedCookie(name, value, secrets) is the value without its signature; undefined when it is not signed with one of them.
func (in *instance) signedCookie(name, value string, secrets goja.Value) goja.Value {
	var all []string
	list, isArray := secrets.(*goja.Object)
	if !isArray {
		all = []string{in.cookieSecret(secrets)}
	} else {
		in.vm.ForOf(list, func(secret goja.Value) bool {
			all = append(all, in.cookieSecret(secret))
			return len(all) < 16
		})
	}
	plain, ok := verifyCookie(name, value, slices.Clip(all))
	if !ok {
		return goja.Undefined()
	}
	return in.vm.ToValue(plain)
}
