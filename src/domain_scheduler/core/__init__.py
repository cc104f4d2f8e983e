"""Pure words of the project: no input or output, no clock, nothing imported but `errors`."""
