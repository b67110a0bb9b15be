# qdose_embed_assets(TARGET FOLDER): the folder's style sheets and scripts, each kind joined in alphabetical order, become the
# functions style_sheet() and script() of qdose/report/assets.hpp. Made again whenever a file changes.
function(qdose_embed_assets target folder)
  file(GLOB assets CONFIGURE_DEPENDS ${folder}/*.css ${folder}/*.js)
  set(source ${CMAKE_BINARY_DIR}/generated/qdose/report_assets.cpp)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DSOURCE=${source} -P ${CMAKE_SOURCE_DIR}/cmake/write_assets.cmake
    DEPENDS ${assets} ${CMAKE_SOURCE_DIR}/cmake/write_assets.cmake
    COMMENT "Embedding the report's style sheets and scripts")
  target_sources(${target} PRIVATE ${source})
endfunction()
