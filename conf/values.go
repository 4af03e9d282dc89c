package conf

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// scalar is the text of a string, number or boolean; "" for anything else, which no value allows.
func scalar(raw any) string {
	switch raw := raw.(type) {
	case string:
		return raw
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(raw)
	}
	return ""
}

// list is a sequence of scalars, or a text with commas between them.
func list(raw any) ([]string, error) {
	switch raw := raw.(type) {
	case string:
		return splitList(raw), nil
	case []string:
		return slices.Clone(raw), nil
	case []any:
		texts := make([]string, len(raw))
		for i, element := range raw {
			texts[i] = scalar(element)
		}
		return texts, nil
	}
	return nil, errors.New("not a list")
}

func splitList(text string) []string {
	texts := []string{}
	for element := range strings.SplitSeq(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			texts = append(texts, element)
		}
	}
	return texts
}

// count is a number from min to max; where zero is not "", this word stands for 0.
type count struct {
	p        *int
	min, max int
	zero     string
}

func (v count) set(raw any) error {
	text := scalar(raw)
	if v.zero != "" && text == v.zero {
		*v.p = 0
		return nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || (number == 0 && v.zero != "") {
		return errors.New(v.allowed())
	}
	*v.p = number
	return nil
}

func (v count) raw() any {
	if v.zero != "" && *v.p == 0 {
		return v.zero
	}
	return *v.p
}

func (v count) check() error {
	if (v.zero == "" || *v.p != 0) && (*v.p < v.min || *v.p > v.max) {
		return errors.New(v.allowed())
	}
	return nil
}

func (v count) allowed() string {
	text := fmt.Sprintf("must be a number from %d to %d", v.min, v.max)
	if v.zero != "" {
		text += ", or " + v.zero
	}
	return text
}

// choice is one of some words.
type choice struct {
	p     *string
	words []string
}

func (v choice) set(raw any) error {
	*v.p = scalar(raw)
	return v.check()
}

func (v choice) raw() any { return *v.p }

func (v choice) check() error {
	if !slices.Contains(v.words, *v.p) {
		last := len(v.words) - 1
		return errors.New("must be " + strings.Join(v.words[:last], ", ") + " or " + v.words[last])
	}
	return nil
}

// boolean is true or false; on, off, yes and no are the same.
type boolean struct{ p *bool }

func (v boolean) set(raw any) error {
	switch strings.ToLower(scalar(raw)) {
	case "on", "yes":
		raw = true
	case "off", "no":
		raw = false
	}
	parsed, err := strconv.ParseBool(scalar(raw))
	if err != nil {
		return errors.New("must be true or false")
	}
	*v.p = parsed
	return nil
}

func (v boolean) raw() any     { return *v.p }
func (v boolean) check() error { return nil }

// folder is a path. Whether it exists is known when it is needed.
type folder struct {
	p     *string
	empty bool // may be ""
}

func (v folder) set(raw any) error {
	*v.p = scalar(raw)
	return v.check()
}

func (v folder) raw() any { return *v.p }

func (v folder) check() error {
	if *v.p == "" && v.empty {
		return nil
	}
	if strings.TrimSpace(*v.p) == "" || strings.ContainsRune(*v.p, 0) {
		return errors.New("must be the path of a folder")
	}
	return nil
}

// address is host:port; where off is allowed, this word, or nothing, is "".
type address struct {
	p   *string
	off bool
}

func (v address) set(raw any) error {
	*v.p = scalar(raw)
	if v.off && (*v.p == "off" || *v.p == "false") { // YAML of old reads off as false
		*v.p = ""
	}
	return v.check()
}

func (v address) raw() any {
	if v.off && *v.p == "" {
		return "off"
	}
	return *v.p
}

func (v address) check() error {
	if v.off && *v.p == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(*v.p)
	if err == nil && goodHost(host) {
		if _, err = strconv.ParseUint(port, 10, 16); err == nil {
			return nil
		}
	}
	text := "must be host:port, such as 127.0.0.1:8081 or :8081"
	if v.off {
		text += ", or off"
	}
	return errors.New(text)
}

// goodHost allows no host, an address, or a name.
func goodHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	})
}

// hosts are names or addresses without a port, or "*".
type hosts struct{ p *[]string }

var errHosts = errors.New(`must be a list of host names without a port, such as ["sigil.internal"], or "*"`)

func (v hosts) set(raw any) (err error) {
	if *v.p, err = list(raw); err != nil {
		return errHosts
	}
	return v.check()
}

func (v hosts) raw() any { return slices.Clone(*v.p) }

func (v hosts) check() error {
	for _, host := range *v.p {
		if host == "" || host != "*" && !goodHost(host) {
			return errHosts
		}
	}
	return nil
}

// origins are scheme://host[:port], or "*".
type origins struct{ p *[]string }

func (v origins) set(raw any) (err error) {
	if *v.p, err = list(raw); err != nil {
		return errors.New(`must be a list of origins, such as ["https://example.com"]`)
	}
	return v.check()
}

func (v origins) raw() any { return slices.Clone(*v.p) }

func (v origins) check() error {
	for _, origin := range *v.p {
		if !goodOrigin(origin) {
			return fmt.Errorf("%q must be an origin, such as https://example.com (no path), or *", origin)
		}
	}
	return nil
}

func goodOrigin(text string) bool {
	if text == "*" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Hostname() != "" && u.User == nil && strings.EqualFold(text, u.Scheme+"://"+u.Host)
}

// networks are addresses or CIDR prefixes.
type networks struct{ p *[]netip.Prefix }

func (v networks) set(raw any) error {
	texts, err := list(raw)
	if err != nil {
		return errors.New(`must be a list of addresses and networks, such as ["10.0.0.0/8"]`)
	}
	prefixes := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		if prefixes[i], err = network(text); err != nil {
			return fmt.Errorf("%q must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8", text)
		}
	}
	*v.p = prefixes
	return nil
}

// network reads an address as the network that is only it.
func network(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		return prefix.Masked(), err
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	addr = addr.WithZone("")
	return addr.Prefix(addr.BitLen())
}

func (v networks) raw() any {
	texts := make([]string, len(*v.p))
	for i, prefix := range *v.p {
		texts[i] = prefix.String()
	}
	return texts
}

func (v networks) check() error {
	for _, prefix := range *v.p {
		if !prefix.IsValid() {
			return errors.New("holds a network that is none")
		}
	}
	return nil
}
