/*
 * From reset to machineStart, and the way of every trap. Code runs where it lies in flash; initialised data is copied
 * to RAM, the rest is cleared. The stacks are painted so that their deepest use can be told, but for the guards at their
 * ends: those stay locked over a reset.
 */
	.option arch, +zicsr

	.section .init, "ax"
	.global _start
_start:
	.option push
	.option norelax
	la gp, __global_pointer$
	.option pop
	csrw mie, zero
	la t0, machineTrapEntry
	csrw mtvec, t0
	la sp, __stack
	la t0, __interrupt_stack
	csrw mscratch, t0

	la t0, __data_source
	la t1, __data_start
	la t2, __data_end
1:	bgeu t1, t2, 2f
	lw t3, 0(t0)
	sw t3, 0(t1)
	addi t0, t0, 4
	addi t1, t1, 4
	j 1b
2:	la t1, __bss_start
	la t2, __bss_end
1:	bgeu t1, t2, 2f
	sw zero, 0(t1)
	addi t1, t1, 4
	j 1b
2:	la t1, __interrupt_stack_low
	la t2, __interrupt_stack
	li t3, 0xA5A5A5A5
1:	bgeu t1, t2, 2f
	sw t3, 0(t1)
	addi t1, t1, 4
	j 1b
2:	la t1, __main_stack_low
	la t2, __stack
1:	bgeu t1, t2, 2f
	sw t3, 0(t1)
	addi t1, t1, 4
	j 1b
2:	la tp, __tls_base
	tail machineStart

/*
 * Interrupts and exceptions. mscratch holds the interrupt stack while the main level runs and 0 while an interrupt
 * runs. An exception inside an interrupt is the end of this life, and the interrupt's stack may be what is full: it takes
 * the main level's, to which nothing returns.
 */
	.text
	.balign 4
	.global machineTrapEntry
machineTrapEntry:
	csrrw sp, mscratch, sp
	bnez sp, 1f
	la sp, __stack
1:	addi sp, sp, -80
	sw ra, 0(sp)
	sw t0, 4(sp)
	sw t1, 8(sp)
	sw t2, 12(sp)
	sw a0, 16(sp)
	sw a1, 20(sp)
	sw a2, 24(sp)
	sw a3, 28(sp)
	sw a4, 32(sp)
	sw a5, 36(sp)
	sw a6, 40(sp)
	sw a7, 44(sp)
	sw t3, 48(sp)
	sw t4, 52(sp)
	sw t5, 56(sp)
	sw t6, 60(sp)
	csrrw t0, mscratch, zero
	sw t0, 64(sp)
	csrr a0, mcause
	csrr a1, mepc
	csrr a2, mtval
	mv a3, sp
	call machineTrap
	lw t0, 64(sp)
	lw ra, 0(sp)
	lw t1, 8(sp)
	lw t2, 12(sp)
	lw a0, 16(sp)
	lw a1, 20(sp)
	lw a2, 24(sp)
	lw a3, 28(sp)
	lw a4, 32(sp)
	lw a5, 36(sp)
	lw a6, 40(sp)
	lw a7, 44(sp)
	lw t3, 48(sp)
	lw t4, 52(sp)
	lw t5, 56(sp)
	lw t6, 60(sp)
	csrw mscratch, t0
	lw t0, 4(sp)
	addi sp, sp, 80
	csrrw sp, mscratch, sp
	mret
