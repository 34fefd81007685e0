package store_test

import (
	"testing"

	"github.com/openparley/parley/internal/store/storetest"
)

func TestStore(t *testing.T) { storetest.Engines(t, storetest.Run) }
