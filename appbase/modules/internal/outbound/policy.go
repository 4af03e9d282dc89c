// Package outbound decides which hosts and addresses an app may connect to, and connects to them. It is what the modules
// for outgoing requests share.
package outbound

import (
	"fmt"
	"net/netip"
	"strings"
)

// Policy says where an app may connect to. The zero Policy lets it reach every public address.
//
// An entry of Allow is a host ("api.example.com"), a host with a port ("localhost:3000"), all hosts below a name
// ("*.example.com"), all hosts ("*"), an address ("10.0.0.7") or a network ("10.0.0.0/8", "[fd00::]/8" without brackets).
// Hosts by a wildcard reach public addresses only, unless Private is set; a host, address or network that is named is
// granted wherever it is. Names are compared without regard to case; a name's addresses are checked when it is dialled, so
// what it resolves to cannot be exchanged after the check.
type Policy struct {
	Allow   []string // nil: {"*"}; empty but not nil: nothing
	Private bool     // wildcards reach private, loopback and link-local addresses too
}

// rules are a Policy that was read.
type rules struct {
	hosts    []hostRule
	networks []netip.Prefix
	private  bool
}

type hostRule struct {
	name string // in lower case; of a wildcard what follows the star, with its dot; "" is every name
	port string // "" is every port
	wild bool
}

// Check tells what is wrong with the entries.
func (p Policy) Check() error {
	_, err := p.read()
	return err
}

func (p Policy) read() (*rules, error) {
	r := &rules{private: p.Private}
	if p.Allow == nil {
		r.hosts = []hostRule{{wild: true}}
	}
	for _, entry := range p.Allow {
		if err := r.add(entry); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *rules) add(entry string) error {
	if prefix, err := netip.ParsePrefix(entry); err == nil {
		r.networks = append(r.networks, prefix.Masked())
		return nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		r.networks = append(r.networks, netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	name, port := entry, ""
	if i := strings.LastIndexByte(entry, ':'); i >= 0 {
		name, port = entry[:i], entry[i+1:]
	}
	name, wild := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(name, ".")), "*")
	if !validName(name, wild) || strings.Trim(port, "0123456789") != "" {
		return fmt.Errorf("%q is no host, address or network to allow", entry)
	}
	r.hosts = append(r.hosts, hostRule{name, port, wild})
	return nil
}

func validName(name string, wild bool) bool {
	if wild && name != "" && name[0] != '.' || !wild && name == "" {
		return false
	}
	return !strings.ContainsAny(name, "/*@ []?#:") && len(name) <= 253
}

// grant is how far a host may be reached by its name.
type grant int

const (
	none   grant = iota // by its address only, if that is allowed
	public              // at public addresses
	full                // wherever it is
)

func (r *rules) host(name, port string) grant {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	most := none
	for _, h := range r.hosts {
		if h.port != "" && h.port != port {
			continue
		}
		switch {
		case !h.wild && h.name == name:
			return full
		case h.wild && strings.HasSuffix(name, h.name):
			most = public
		}
	}
	if most == public && r.private {
		return full
	}
	return most
}

// address says whether a name with that grant may be reached at an address.
func (r *rules) address(g grant, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, network := range r.networks {
		if network.Contains(addr) {
			return true
		}
	}
	return g == full || g == public && isPublic(addr)
}

// reserved are networks that are not of the public Internet, beside those that netip knows (IANA's registries of
// special-purpose addresses).
var reserved = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")

// translating are networks whose addresses hold one of IPv4, and where it begins.
var translating = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"): 12, netip.MustParsePrefix("2002::/16"): 2, netip.MustParsePrefix("::/96"): 12,
}

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func isPublic(addr netip.Addr) bool {
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, prefix := range reserved {
		if prefix.Contains(addr) {
			return false
		}
	}
	for prefix, at := range translating {
		if prefix.Contains(addr) {
			bytes := addr.As16()
			return isPublic(netip.AddrFrom4([4]byte(bytes[at : at+4])))
		}
	}
	return !netip.MustParsePrefix("64:ff9b:1::/48").Contains(addr)
}
