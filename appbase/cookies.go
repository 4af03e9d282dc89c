package appbase

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// Bounds of a cookie, in bytes: what browsers keep (RFC 6265bis 5.6).
const (
	maxCookieBytes    = 4096 // name and value
	maxCookieAttr     = 1024
	maxCookieAge      = 400 * 24 * time.Hour
	minCookieSecret   = 16
	maxAnswersCookies = 100 // of one answer
)

// parseCookies reads a Cookie header (RFC 6265 4.2.1, 6265bis). A pair whose name is no token, or whose value holds what no
// cookie may, is left out. Of a repeated name the first counts, as the most specific path is sent first (5.4). Values are
// percent-decoded when that gives text.
func parseCookies(header string) map[string]string {
	cookies := map[string]string{}
	for pair := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
		name = strings.TrimRight(name, " \t")
		if _, seen := cookies[name]; !ok || seen || !isToken(name) {
			continue
		}
		value = strings.TrimLeft(value, " \t")
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		if strings.ContainsFunc(value, notInCookies) {
			continue
		}
		if plain, err := url.PathUnescape(value); err == nil && utf8.ValidString(plain) {
			value = plain
		}
		cookies[name] = value
	}
	return cookies
}

// notInCookies tells what is taken from nobody: controls, bytes beyond ASCII, quotes and backslashes. (Blanks and commas are
// not in the grammar either, but scripts in browsers set them.)
func notInCookies(r rune) bool { return r < ' ' || r >= 0x7f || r == '"' || r == '\\' }

// isToken is that of RFC 9110 5.6.2.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// setCookieText makes the value of a Set-Cookie header of setCookie's arguments. secure is what the cookie is unless they say
// so. A mistake is thrown as a TypeError.
func (in *instance) setCookieText(name, value, options goja.Value, secure bool) string {
	c := &cookieMaker{in: in, name: orUndefined(name).String()}
	if !isToken(c.name) {
		c.fail("its name has characters that a cookie's may not: letters, digits and !#$%%&'*+-.^_`|~ are allowed")
	}
	o, isObject := orUndefined(options).(*goja.Object)
	if !isObject && !goja.IsUndefined(orUndefined(options)) {
		c.fail("its options are an object such as { maxAge: 3600 }, not %s", calls.Show(options))
	}
	c.options = o
	text := c.name + "=" + c.value(orUndefined(value))
	if len(text) > maxCookieBytes {
		c.fail("it has %d bytes; browsers keep at most %d. Keep a key in it, and the rest on the server", len(text), maxCookieBytes)
	}
	return text + c.attributes(secure)
}

// cookieMaker reads the options of one cookie.
type cookieMaker struct {
	in      *instance
	name    string
	options *goja.Object // nil: none
}

func (c *cookieMaker) fail(format string, args ...any) {
	panic(c.in.vm.NewTypeError("the cookie %s cannot be set: %s", quote(c.name), fmt.Sprintf(format, args...)))
}

// option is nil for what is not given.
func (c *cookieMaker) option(name string) goja.Value {
	if c.options == nil {
		return nil
	}
	v := c.options.Get(name)
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return nil
	}
	return v
}

// value is percent-encoded where a cookie needs that, and signed if there is a secret.
func (c *cookieMaker) value(v goja.Value) string {
	if _, isObject := v.(*goja.Object); isObject || goja.IsUndefined(v) || goja.IsNull(v) {
		c.fail("its value is a text, not %s; use JSON.stringify for more", calls.Show(v))
	}
	text := v.String()
	if len(text) > maxCookieBytes {
		c.fail("it has more than %d bytes. Keep a key in it, and the rest on the server", maxCookieBytes)
	}
	if secret := c.option("secret"); secret != nil {
		text += "." + signCookie(c.name, text, c.in.cookieSecret(secret))
	}
	return escapeCookie(text)
}

// escapeCookie percent-encodes what is no cookie-octet (RFC 6265 4.1.1), and the sign of that itself.
func escapeCookie(text string) string {
	var b strings.Builder
	for i := range len(text) {
		ch := text[i]
		if ch <= ' ' || ch >= 0x7f || strings.IndexByte(`",;\%`, ch) >= 0 {
			fmt.Fprintf(&b, "%%%02X", ch)
			continue
		}
		b.WriteByte(ch)
	}
	return b.String()
}

// attributes are those given, and what is safe for the others.
func (c *cookieMaker) attributes(secure bool) string {
	path, domain := c.place()
	var b strings.Builder
	b.WriteString("; Path=" + path)
	if domain != "" {
		b.WriteString("; Domain=" + domain)
	}
	b.WriteString(c.life())
	site := c.site()
	partitioned := c.flag("partitioned", false)
	why := ""
	switch {
	case hasPrefixFold(c.name, "__Host-"), hasPrefixFold(c.name, "__Secure-"):
		why = "its name's prefix promises that it is"
	case site == "None":
		why = `sameSite "none" needs it`
	case partitioned:
		why = "partitioned needs it"
	}
	if isSecure := c.flag("secure", secure || why != ""); !isSecure && why != "" {
		c.fail("secure must not be false, as %s", why)
	} else if isSecure {
		b.WriteString("; Secure")
	}
	if c.flag("httpOnly", true) {
		b.WriteString("; HttpOnly")
	}
	b.WriteString("; SameSite=" + site)
	if partitioned {
		b.WriteString("; Partitioned")
	}
	return b.String()
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func (c *cookieMaker) flag(name string, standard bool) bool {
	if v := c.option(name); v != nil {
		return v.ToBoolean()
	}
	return standard
}

// place is path and domain.
func (c *cookieMaker) place() (path, domain string) {
	path = "/"
	if v := c.option("path"); v != nil {
		path = v.String()
	}
	if !strings.HasPrefix(path, "/") || len(path) > maxCookieAttr || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r >= 0x7f || r == ';' }) {
		c.fail("path is the beginning of a URL's path, such as \"/app\", not %s", quote(path))
	}
	if v := c.option("domain"); v != nil {
		domain = strings.TrimPrefix(v.String(), ".")
		if len(domain) > 253 || domain == "" || strings.ContainsFunc(domain, notInDomains) {
			c.fail("domain is a host's name such as \"example.com\", not %s", quote(domain))
		}
	}
	if hasPrefixFold(c.name, "__Host-") && (path != "/" || domain != "") {
		c.fail("a name that begins with __Host- allows no domain, and no path but \"/\"")
	}
	return path, domain
}

func notInDomains(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.')
}

// life is maxAge, in seconds, and expires, a Date or milliseconds.
func (c *cookieMaker) life() (text string) {
	if v := c.option("maxAge"); v != nil {
		seconds := v.ToFloat()
		if seconds != math.Trunc(seconds) || seconds > maxCookieAge.Seconds() || math.IsNaN(seconds) {
			c.fail("maxAge is a whole number of seconds, at most 400 days (%d), not %s", int64(maxCookieAge.Seconds()), calls.Show(v))
		}
		text = "; Max-Age=" + strconv.FormatInt(int64(max(seconds, 0)), 10)
	}
	if v := c.option("expires"); v != nil {
		ms := v.ToFloat()
		if o, ok := v.(*goja.Object); ok {
			if date, isDate := o.Export().(time.Time); isDate {
				ms = float64(date.UnixMilli())
			}
		}
		if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 || time.UnixMilli(int64(ms)).UTC().Year() > 9999 || ms < 0 {
			c.fail("expires is a Date after 1970, not %s", calls.Show(v))
		}
		text += "; Expires=" + time.UnixMilli(int64(ms)).UTC().Format(http.TimeFormat)
	}
	return text
}

func (c *cookieMaker) site() string {
	v := c.option("sameSite")
	if v == nil {
		return "Lax"
	}
	for _, site := range []string{"Strict", "Lax", "None"} {
		if strings.EqualFold(v.String(), site) {
			return site
		}
	}
	c.fail("sameSite is \"strict\", \"lax\" or \"none\", not %s", calls.Show(v))
	return ""
}

// cookieSecret is a secret to sign with: a text that is not too short to be one.
func (in *instance) cookieSecret(v goja.Value) string {
	secret, ok := v.Export().(string)
	if !ok || len(secret) < minCookieSecret {
		panic(in.vm.NewTypeError("a cookie's secret is a text of at least %d characters that nobody can guess: keep it in the app's configuration", minCookieSecret))
	}
	return secret
}

// signCookie is the HMAC-SHA-256 of name and value.
func signCookie(name, value, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(name + "=" + value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// verifyCookie is the value of a signed cookie; false when none of the secrets has signed it.
func verifyCookie(name, signed string, secrets []string) (string, bool) {
	at := strings.LastIndexByte(signed, '.')
	if at < 0 {
		return "", false
	}
	for _, secret := range secrets {
		if hmac.Equal([]byte(signed[at+1:]), []byte(signCookie(name, signed[:at], secret))) {
			return signed[:at], true
		}
	}
	return "", false
}
