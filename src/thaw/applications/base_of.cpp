#include "thaw/applications/application.h"
#include "thaw/applications/division.h"

namespace thaw::applications {

Functional base_of(const Functional& model) { return Division(model).base(); }

}  // namespace thaw::applications
