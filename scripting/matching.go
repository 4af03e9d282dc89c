package scripting

import (
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// maxMatching is the longest that one match of a pattern that needs
// backtracking may take. The engine takes a match that was cut for none, but
// by then the entry has been interrupted (unless its CallTime is above
// maxMatching), so that no script sees the wrong answer.
const maxMatching = 2 * time.Second

// boundMatching sets maxMatching for the patterns that are compiled from now
// on. The engine has no other way to say it than the library's variable.
var boundMatching = sync.OnceFunc(func() { regexp2.DefaultMatchTimeout = maxMatching })
