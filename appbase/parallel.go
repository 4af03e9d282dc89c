package appbase

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// Parallel says on how many workers an app may run, and why.
type Parallel struct {
	Max           int    // at most; 0: as many as there are processor cores
	PerConnection bool   // one for each connection, as far as there are enough
	Why           string // for people: a clause that goes on after "1 worker, because" or "several workers, because"
	Warning       string // what the author may not have meant; "" nothing
	State         string // what the app keeps in each worker, for people; "" nothing
}

// parallel reads @Api({ workers }), and else looks at what state the app keeps: callbacks of one worker never run at the
// same time and share everything; workers share nothing of the script's.
func (in *instance) parallel(api *goja.Object, extendsBase bool) (p Parallel) {
	defer func() { p.State = list(in.state) }()
	asked := api.Get("workers")
	if asked == nil || goja.IsUndefined(asked) || asked.String() == "auto" {
		return in.automatic(extendsBase)
	}
	p = Parallel{Why: fmt.Sprintf("@Api({ workers: %s }) says so", asked)}
	if asked.String() == "connection" {
		p.PerConnection = true
	} else {
		p.Max = int(asked.ToInteger())
	}
	if p.Max != 1 && len(in.state) > 0 {
		p.Warning = "every worker has its own: " + list(in.state)
	}
	return p
}

func (in *instance) automatic(extendsBase bool) Parallel {
	switch {
	case !extendsBase:
		return Parallel{Max: 1, Why: "its class does not extend AppBase, so it cannot be told whether it keeps state"}
	case len(in.state) == 0:
		return Parallel{Why: "it keeps no state of its own"}
	}
	why := fmt.Sprintf("%v is state", in.state[0])
	if strings.HasPrefix(in.state[0].What, "field ") {
		why += "; mark it @Shared to run in parallel"
	}
	return Parallel{Max: 1, Why: why}
}

// kept are the places of a list at which the app keeps state; looks: at others it looks at its connections, which are on all
// workers.
func kept(found []scripting.State) (state []scripting.State, looks bool) {
	for _, s := range found {
		if strings.HasPrefix(s.What, "this.") {
			looks = true
		} else {
			state = append(state, s)
		}
	}
	return state, looks
}

// list is some of the places, for a message.
func list(state []scripting.State) string {
	const most = 3
	var texts []string
	for _, s := range state[:min(len(state), most)] {
		texts = append(texts, s.String())
	}
	if len(state) > most {
		texts = append(texts, fmt.Sprintf("and %d more", len(state)-most))
	}
	return strings.Join(texts, ", ")
}
