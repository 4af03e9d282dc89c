package appbase

import "strings"

// Cors is what @Cors says: which pages of other origins may read an app's answers (Fetch standard, 3.2). It is immutable.
type Cors struct {
	Origins     []string // "https://example.com", "https://*.example.com", or "*": any, which never goes with Credentials
	Methods     []string // beside the simple ones; empty: those that the path takes
	Headers     []string // that pages may send; empty: those they ask for
	Expose      []string // of the answer, that pages may read beside the safelisted ones
	Credentials bool     // cookies and authentication are sent, and the answer can be read all the same
	MaxAge      int      // seconds for which browsers may remember a preflight; 0: their own default, 5 s
}

// Any reports whether pages of every origin may read the answers.
func (c *Cors) Any() bool { return len(c.Origins) == 1 && c.Origins[0] == "*" }

// Allows reports whether pages of an origin may read the answers. "null", which is any sandboxed page and any file, is
// allowed only where every origin is.
func (c *Cors) Allows(origin string) bool {
	for _, allowed := range c.Origins {
		if allowed == "*" || matchOrigin(allowed, strings.ToLower(origin)) {
			return true
		}
	}
	return false
}

// matchOrigin compares with "scheme://host[:port]", where the host may begin with "*.": any name below it, and not that
// itself.
func matchOrigin(allowed, origin string) bool {
	scheme, host, wild := strings.Cut(allowed, "://*.")
	if !wild {
		return allowed == origin
	}
	name, ok := strings.CutPrefix(origin, scheme+"://")
	sub, below := strings.CutSuffix(name, "."+host)
	return ok && below && sub != "" && !strings.ContainsAny(sub, "/:@")
}

// CorsAt is the policy for a path that no route answers for the verb asked: the first of a route that has the path, else
// the app's. Nil: none.
func (r *Routes) CorsAt(path string) *Cors {
	if !r.cors {
		return nil
	}
	for _, route := range r.all {
		if route.Cors == nil || route.Kind != KindHTTP {
			continue
		}
		if _, ok := route.match(path); ok {
			return route.Cors
		}
	}
	return r.Cors
}

// HasCors reports whether any policy is declared at all.
func (r *Routes) HasCors() bool { return r.cors }

// adoptCors gives the class's policy to every HTTP route that has none of its own.
func (r *Routes) adoptCors(class *Cors) {
	r.Cors, r.cors = class, class != nil
	for _, route := range r.all {
		if route.Kind != KindHTTP {
			continue
		}
		if route.Cors == nil {
			route.Cors = class
		}
		r.cors = r.cors || route.Cors != nil
	}
}
