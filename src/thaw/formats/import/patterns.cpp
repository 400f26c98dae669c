#include "thaw/formats/import/patterns.h"

namespace thaw::foreign {

void recognize_patterns(ForeignGraph&) {}

}  // namespace thaw::foreign
