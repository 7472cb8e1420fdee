// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {ActionLog} from "../utils/ActionLog.sol";
import {TestToken} from "../utils/TestToken.sol";
import {FlashBorrower, ProtectedHolder} from "./ProtectedHolder.sol";

/// @dev Accounts that deposit, withdraw and pay each other, hedges, donors, guardian and owner, and a model of the
/// breaker in unpacked numbers. Actions that must pass are called directly. Actions that may revert do so exactly when
/// the model expects it, with the model's figures.
contract CircuitBreakerHandler is ActionLog {
    /// @dev In plain numbers: no packing, no saturation.
    struct Model {
        uint256 windowEnd;
        uint256 held;
        uint256 metered;
        int256 hedge;
    }

    uint256 private constant MAX_DEPOSIT = 1e15;

    CircuitBreaker private immutable breaker;
    ProtectedHolder private immutable holder;
    TestToken private immutable usd;
    address private immutable owner;
    address private immutable guardian;
    address private immutable market = makeAddr("market");
    FlashBorrower private immutable borrower = new FlashBorrower();

    address[] public accounts;

    // ------------------------------------------------------------------------------------------------ ghost state ----

    CircuitBreaker.Limit private _limit;
    Model private _model;
    mapping(address account => uint256 amount) private _credit;
    mapping(address account => uint256 windowEnd) private _creditEnd;
    /// @dev Withdrawn less deposited in the window that is running.
    int256 public netOut;
    /// @dev The largest allowance that the running window had.
    uint256 public largestAllowance;

    constructor(
        CircuitBreaker breaker_,
        ProtectedHolder holder_,
        TestToken usd_,
        address owner_,
        address guardian_,
        address[] memory accounts_
    ) {
        (breaker, holder, usd, owner, guardian, accounts) = (breaker_, holder_, usd_, owner_, guardian_, accounts_);
        _declare("deposit");
        _declare("withdraw");
        _declare("moveFund");
        _declare("flashLoan");
        _declare("hedgeIn");
        _declare("hedgeOut");
        _declare("hedgeOutReducing");
        _declare("donate");
        _declare("pass");
        _declare("lowerLimit");
        _declare("setLimit");
        _limit = breaker.limitOf(address(usd_));
        (_model.windowEnd,,,) = breaker.windowOf(address(usd_));
    }

    modifier counted(bytes32 action) {
        _count(action);
        _;
    }

    // -------------------------------------------------------------------------------------------------- accounts ----

    function deposit(uint256 seed, uint256 amount) external counted("deposit") {
        address account = _account(seed);
        amount = boundAmount(amount, 0, MAX_DEPOSIT);
        _commit(_now());
        usd.mint(account, amount);
        vm.startPrank(account);
        usd.approve(address(holder), amount);
        holder.deposit(usd, account, amount);
        vm.stopPrank();
        _credit[account] = creditOf(account) + amount;
        _creditEnd[account] = _model.windowEnd;
        netOut -= int256(amount);
    }

    function withdraw(uint256 seed, uint256 amount) external counted("withdraw") {
        address account = _account(seed);
        amount = boundAmount(amount, 0, holder.fundOf(usd, account));
        Model memory m = _now();
        uint256 credit = creditOf(account);
        uint256 metered = amount > credit ? amount - credit : 0;
        uint256 available = _available(m);
        vm.prank(account);
        if (metered > available) {
            _countRefusal("withdraw");
            _expectExceeded(metered, available, m.windowEnd);
            holder.withdraw(usd, amount, account);
            return;
        }
        holder.withdraw(usd, amount, account);
        m.metered += metered;
        _commit(m);
        _credit[account] = credit > amount ? credit - amount : 0;
        _creditEnd[account] = m.windowEnd;
        netOut += int256(amount);
    }

    function moveFund(uint256 fromSeed, uint256 toSeed, uint256 amount) external counted("moveFund") {
        address from = _account(fromSeed);
        amount = boundAmount(amount, 0, holder.fundOf(usd, from));
        vm.prank(from);
        holder.moveFund(usd, _account(toSeed), amount);
    }

    /// @dev T29: a flash loan changes no other account's allowance.
    function flashLoan(uint256 amount) external counted("flashLoan") {
        amount = boundAmount(amount, 1, MAX_DEPOSIT);
        _commit(_now());
        uint256 available = _available(_model);
        usd.mint(market, amount);
        vm.prank(market);
        usd.approve(address(borrower), amount);
        borrower.run(holder, usd, market, amount);
        (uint256 availableAfter,) = breaker.available(address(usd));
        assertEq(availableAfter, available, "a flash loan changed the allowance of others");
    }

    // ---------------------------------------------------------------------------------------------------- hedges ----

    function hedgeIn(uint256 amount, bool canBlock) external counted("hedgeIn") {
        amount = boundAmount(amount, 0, MAX_DEPOSIT);
        Model memory m = _now();
        usd.mint(market, amount);
        vm.prank(market);
        usd.approve(address(holder), amount);
        holder.hedge(usd, int256(amount), canBlock, market);
        m.hedge += int256(amount);
        _commit(m);
    }

    function hedgeOut(uint256 amount) external counted("hedgeOut") {
        amount = boundAmount(amount, 0, _free());
        Model memory m = _now();
        int256 net = m.hedge - int256(amount);
        if (amount != 0 && net < 0 && uint256(-net) + m.metered > _allowance(m)) {
            _countRefusal("hedgeOut");
            _expectExceeded(m.hedge > 0 ? uint256(-net) : amount, _available(m), m.windowEnd);
            holder.hedge(usd, -int256(amount), true, market);
            return;
        }
        holder.hedge(usd, -int256(amount), true, market);
        m.hedge = net;
        _commit(m);
    }

    function hedgeOutReducing(uint256 amount) external counted("hedgeOutReducing") {
        amount = boundAmount(amount, 0, _free() / 4);
        Model memory m = _now();
        holder.hedge(usd, -int256(amount), false, market);
        m.hedge -= int256(amount);
        _commit(m);
    }

    // ---------------------------------------------------------------------------------------------- everything else ----

    function donate(uint256 amount) external counted("donate") {
        usd.mint(address(holder), boundAmount(amount, 0, MAX_DEPOSIT));
    }

    function pass(uint256 time) external counted("pass") {
        vm.warp(vm.getBlockTimestamp() + boundTime(time, _limit.window));
    }

    function lowerLimit(uint24 maxOutflow, uint96 minimum) external counted("lowerLimit") {
        maxOutflow = boundRatio(maxOutflow, _limit.maxOutflow / 2, _limit.maxOutflow);
        minimum = uint96(boundAmount(minimum, _limit.minimum / 2, _limit.minimum));
        vm.prank(guardian);
        breaker.lowerLimit(address(usd), maxOutflow, minimum);
        (_limit.maxOutflow, _limit.minimum) = (maxOutflow, minimum);
    }

    function setLimit(uint24 window, uint24 maxOutflow, uint96 minimum) external counted("setLimit") {
        _limit = CircuitBreaker.Limit(
            uint24(boundTime(window, 1 hours, 2 days)),
            boundRatio(maxOutflow, 0, 5e5),
            uint96(boundAmount(minimum, 0, 1e14))
        );
        vm.prank(owner);
        breaker.setLimit(address(usd), _limit);
        _noteAllowance();
    }

    // -------------------------------------------------------------------------------------------------- the model ----

    function model() external view returns (Model memory) {
        return _model;
    }

    function isRunning() public view returns (bool) {
        return vm.getBlockTimestamp() < _model.windowEnd;
    }

    function modelAvailable() external view returns (uint256) {
        return _available(_now());
    }

    function creditOf(address account) public view returns (uint256) {
        return isRunning() && _creditEnd[account] == _model.windowEnd ? _credit[account] : 0;
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    /// @dev The window that a report now would find: the running one, or a new one that measures what is held now.
    function _now() private view returns (Model memory) {
        if (isRunning()) return _model;
        return Model(vm.getBlockTimestamp() + _limit.window, usd.balanceOf(address(holder)), 0, 0);
    }

    function _commit(Model memory m) private {
        if (m.windowEnd != _model.windowEnd) (netOut, largestAllowance) = (0, 0);
        _model = m;
        _noteAllowance();
    }

    function _noteAllowance() private {
        uint256 allowance = _allowance(_model);
        if (isRunning() && allowance > largestAllowance) largestAllowance = allowance;
    }

    function _allowance(Model memory m) private view returns (uint256) {
        uint256 part = m.held * _limit.maxOutflow / 1e6;
        return part > _limit.minimum ? part : _limit.minimum;
    }

    function _available(Model memory m) private view returns (uint256) {
        uint256 used = m.metered + (m.hedge < 0 ? uint256(-m.hedge) : 0);
        uint256 allowance = _allowance(m);
        return allowance > used ? allowance - used : 0;
    }

    /// @dev The holder's balance that belongs to no account, which hedges may spend.
    function _free() private view returns (uint256 amount) {
        amount = usd.balanceOf(address(holder));
        for (uint256 i = 0; i < accounts.length; ++i) {
            amount -= holder.fundOf(usd, accounts[i]);
        }
    }

    function _account(uint256 seed) private view returns (address) {
        return accounts[seed % accounts.length];
    }

    function _expectExceeded(uint256 requested, uint256 amount, uint256 availableAt) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICircuitBreaker.OutflowLimitExceeded.selector, address(usd), requested, amount, availableAt
            )
        );
    }
}
