//go:build !linux

package scripting

import "time"

// threadID is nothing where the time of threads cannot be told.
func threadID() int32 { return 0 }

// threadTime tells nothing here: the wall's clock decides.
func threadTime(int32) (time.Duration, bool) { return 0, false }
