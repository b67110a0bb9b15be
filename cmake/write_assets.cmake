# Run with -DFOLDER=... -DSOURCE=...: writes the C++ source that holds the files of FOLDER, one raw string a file.
function(as_literals pattern result)
  file(GLOB files ${FOLDER}/${pattern})
  list(SORT files)
  set(literals "")
  foreach(file IN LISTS files)
    file(READ ${file} content)
    string(APPEND literals "      R\"asset(${content})asset\"\n")
  endforeach()
  set(${result} "${literals}" PARENT_SCOPE)
endfunction()

as_literals(*.css style)
as_literals(*.js script)
file(WRITE ${SOURCE} "// Written by cmake/write_assets.cmake; edit the files of qdose/report/assets instead.
#include \"qdose/report/assets.hpp\"

namespace qdose {

std::string_view style_sheet() {
  return
${style}      \"\";
}

std::string_view script() {
  return
${script}      \"\";
}

}  // namespace qdose
")
