// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";

/// @dev Holds tokens for accounts and reports every flow before it moves tokens, as the Vault does.
contract ProtectedHolder {
    using SafeERC20 for IERC20;

    ICircuitBreaker public immutable breaker;
    mapping(IERC20 token => mapping(address account => uint256 amount)) public fundOf;

    constructor(ICircuitBreaker breaker_) {
        breaker = breaker_;
    }

    function deposit(IERC20 token, address account, uint256 amount) external {
        breaker.recordInflow(address(token), account, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
        fundOf[token][account] += amount;
    }

    function withdraw(IERC20 token, uint256 amount, address to) external {
        fundOf[token][msg.sender] -= amount;
        breaker.recordOutflow(address(token), msg.sender, amount);
        token.safeTransfer(to, amount);
    }

    /// @dev Represents everything that moves value inside the system: a trade, a fee, a loss.
    function moveFund(IERC20 token, address to, uint256 amount) external {
        fundOf[token][msg.sender] -= amount;
        fundOf[token][to] += amount;
    }

    /// @dev Swaps with `market`, which has approved the amount that comes in and has no credit.
    function hedge(IERC20 token, int256 change, bool canBlock, address market) external {
        hedgeFor(token, market, change, canBlock, market);
    }

    /// @dev The same, borne by `account`.
    function hedgeFor(IERC20 token, address account, int256 change, bool canBlock, address market) public {
        breaker.recordHedge(address(token), account, change, canBlock);
        if (change < 0) token.safeTransfer(market, uint256(-change));
        else token.safeTransferFrom(market, address(this), uint256(change));
    }
}

/// @dev Borrows, deposits, withdraws and pays back in one transaction, alone or through a second account.
contract FlashBorrower {
    using SafeERC20 for IERC20;

    function run(ProtectedHolder holder, IERC20 token, address lender, uint256 amount) external {
        token.safeTransferFrom(lender, address(this), amount);
        token.forceApprove(address(holder), amount);
        holder.deposit(token, address(this), amount);
        holder.withdraw(token, amount, lender);
    }

    function runThrough(ProtectedHolder holder, IERC20 token, address lender, uint256 amount, FlashBorrower other)
        external
    {
        token.safeTransferFrom(lender, address(this), amount);
        token.forceApprove(address(holder), amount);
        holder.deposit(token, address(this), amount);
        holder.moveFund(token, address(other), amount);
        other.withdraw(holder, token, amount, lender);
    }

    function withdraw(ProtectedHolder holder, IERC20 token, uint256 amount, address to) external {
        holder.withdraw(token, amount, to);
    }
}
