/*
 * Annotations of the source code annotation language. They say something to an analyser and nothing to a compiler, so
 * all of them are empty here (WDK, "SAL 2.0 annotations for Windows drivers").
 */
#ifndef _SAL_H_
#define _SAL_H_

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_range_(low, high)
#define _In_reads_(count)
#define _In_reads_opt_(count)
#define _In_reads_bytes_(bytes)
#define _In_reads_bytes_opt_(bytes)
#define _In_reads_or_z_(count)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Inout_updates_opt_(count)
#define _Inout_updates_bytes_(bytes)
#define _Inout_updates_bytes_opt_(bytes)
#define _Inout_updates_all_(count)
#define _Out_
#define _Out_opt_
#define _Out_range_(low, high)
#define _Out_writes_(count)
#define _Out_writes_opt_(count)
#define _Out_writes_all_(count)
#define _Out_writes_bytes_(bytes)
#define _Out_writes_bytes_opt_(bytes)
#define _Out_writes_bytes_all_(bytes)
#define _Out_writes_to_(count, used)
#define _Out_writes_bytes_to_(bytes, used)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_bytebuffer_(bytes)
#define _Deref_out_range_(low, high)
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_writes_(count)
#define _Ret_writes_bytes_(bytes)
#define _Ret_range_(low, high)
#define _Field_size_(count)
#define _Field_size_opt_(count)
#define _Field_size_bytes_(bytes)
#define _Field_size_bytes_opt_(bytes)
#define _Field_size_bytes_part_(bytes, used)
#define _Field_size_part_(count, used)
#define _Field_range_(low, high)
#define _Struct_size_bytes_(bytes)
#define _Null_terminated_
#define _NullNull_terminated_
#define _Maybenull_
#define _Notnull_
#define _Pre_
#define _Post_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_valid_
#define _Post_valid_
#define _Post_invalid_
#define _Post_satisfies_(condition)
#define _Pre_satisfies_(condition)
#define _Post_writable_byte_size_(bytes)
#define _Pre_writable_byte_size_(bytes)
#define _Post_maybenull_
#define _Post_notnull_
#define _Printf_format_string_
#define _Reserved_
#define _Const_
#define _Check_return_
#define _Must_inspect_result_
#define _Use_decl_annotations_
#define _Success_(condition)
#define _On_failure_(annotations)
#define _Always_(annotations)
#define _When_(condition, annotations)
#define _At_(target, annotations)
#define _At_buffer_(target, index, count, annotations)
#define _Group_(annotations)
#define _Analysis_assume_(condition)
#define _Analysis_noreturn_
#define _Unreferenced_parameter_
#define _Points_to_data_
#define _Interlocked_operand_
#define _Frees_ptr_
#define _Frees_ptr_opt_

#define _IRQL_requires_(irql)
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_same_
#define _IRQL_always_function_max_(irql)
#define _IRQL_always_function_min_(irql)
#define _IRQL_raises_(irql)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(kind, parameter)
#define _IRQL_restores_global_(kind, parameter)
#define _IRQL_uses_cancel_
#define _IRQL_is_cancel_

#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Acquires_spin_lock_(lock)
#define _Releases_spin_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Requires_no_locks_held_
#define _Requires_spin_lock_held_(lock)
#define _Requires_spin_lock_not_held_(lock)
#define _Requires_exclusive_lock_held_(lock)
#define _Requires_shared_lock_held_(lock)
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Has_lock_kind_(kind)
#define _Has_lock_level_(level)
#define _Lock_level_order_(first, second)
#define _Post_same_lock_(first, second)
#define _Create_lock_level_(level)

#define _Function_class_(name)
#define _Dispatch_type_(type)
#define _Kernel_clear_do_init_(yes)
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Kernel_acquires_resource_(kind)
#define _Kernel_releases_resource_(kind)
#define _Kernel_IoGetDmaAdapter_
#define __drv_aliasesMem
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_strictTypeMatch(mode)
#define __drv_reportError(text)
#define __drv_maxIRQL(irql)
#define __drv_requiresIRQL(irql)
#define __drv_dispatchType(type)
#define __drv_functionClass(name)
#define __drv_inTry

#define __in
#define __in_opt
#define __inout
#define __inout_opt
#define __out
#define __out_opt
#define __reserved
#define __checkReturn
#define __analysis_assume(condition)

#endif
