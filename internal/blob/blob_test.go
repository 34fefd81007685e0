package blob_test

import (
	"testing"

	"github.com/openparley/parley/internal/blob/blobtest"
)

func TestObjects(t *testing.T) { blobtest.Forms(t, blobtest.Run) }
